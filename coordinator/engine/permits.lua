-- Who holds how many connections to one server: a sorted set of permits, RUN/NUMBER, scored by when each ends.
-- Who waits for some: a sorted set of runs that hold less than their share and were refused, scored likewise.
-- One clock for everybody: Redis' own. A holder that dies loses its permits when their time is up.
-- KEYS[1] permits, KEYS[2] waiting; ARGV[1] acquire | renew | limit; ARGV[2] the server's limit; ARGV[3] seconds that a
-- permit lives; ARGV[4] seconds that waiting is remembered; ARGV[5] the run; ARGV[6..] the permits' names
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local action, limit, run = ARGV[1], tonumber(ARGV[2]), ARGV[5]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
local asked = #ARGV - 5

-- How many connections a run may have while others wait: the server's, divided by all who hold or wait for some.
local function share_and_held()
  local runs, count, held = {[run] = true}, 1, 0
  local function meet(name)
    if not runs[name] then
      runs[name] = true
      count = count + 1
    end
  end
  for _, permit in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    local holder = string.match(permit, '^(.*)/')
    meet(holder)
    if holder == run then
      held = held + 1
    end
  end
  for _, name in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
    meet(name)
  end
  return math.max(1, math.floor(limit / count)), held
end

if action == 'limit' then
  if redis.call('ZCARD', KEYS[2]) == 0 then
    return limit
  end
  local share = share_and_held()
  return share
end
if action == 'acquire' then
  local share, held = share_and_held()
  local others = redis.call('ZCARD', KEYS[2]) - (redis.call('ZSCORE', KEYS[2], run) and 1 or 0)
  local beyond = others > 0 and held + asked > share
  if beyond or redis.call('ZCARD', KEYS[1]) + asked > limit then
    if held < share then
      redis.call('ZADD', KEYS[2], now + tonumber(ARGV[4]), run)
      redis.call('PEXPIRE', KEYS[2], math.ceil(tonumber(ARGV[4]) * 1000))
    end
    return 0
  end
  redis.call('ZREM', KEYS[2], run)
end
for i = 6, #ARGV do
  redis.call('ZADD', KEYS[1], now + tonumber(ARGV[3]), ARGV[i])
end
redis.call('PEXPIRE', KEYS[1], math.ceil(tonumber(ARGV[3]) * 1000))
return 1
