-- Who holds how many connections to one server: a sorted set of permits, scored by when each ends.
-- One clock for everybody: Redis' own. A holder that dies loses its permits when their time is up.
-- KEYS[1] the set; ARGV[1] acquire | renew; ARGV[2] limit; ARGV[3] seconds to live; ARGV[4..] the permits' names
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local asked = #ARGV - 3
if ARGV[1] == 'acquire' and redis.call('ZCARD', KEYS[1]) + asked > tonumber(ARGV[2]) then
  return 0
end
for i = 4, #ARGV do
  redis.call('ZADD', KEYS[1], now + tonumber(ARGV[3]), ARGV[i])
end
redis.call('PEXPIRE', KEYS[1], math.ceil(tonumber(ARGV[3]) * 1000))
return 1
