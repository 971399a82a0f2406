-- Take pieces off a list and say so in the stream of answers, in one step: whatever dies, a piece lies open, or stands in
-- the stream beside the name of the batch that has it. What reading them needs is fetched with them.
-- KEYS[1] the stream, KEYS[2] the list, KEYS[3] the hash of sightings, KEYS[4] the list of known snapshots;
-- ARGV[1] the entry, signed; ARGV[2] how many pieces at most; ARGV[3] the stream's seconds to live; ARGV[4] how many
-- entries of known snapshots have been read; ARGV[5] whether sightings are wanted, 1 or 0.
-- Gives {pieces, tenants, their sightings, known snapshots, how many pieces are left}; false when the run has ended.
local found = redis.call('TYPE', KEYS[1]).ok
if found == 'none' then
  return false
end
if found ~= 'stream' then  -- an error after LPOP would lose what it took
  return redis.error_reply('WRONGTYPE expected a stream of answers')
end
local pieces = redis.call('LPOP', KEYS[2], ARGV[2]) or {}
local fields = {'a', ARGV[1]}
for number, piece in ipairs(pieces) do
  fields[#fields + 1] = 'p' .. number
  fields[#fields + 1] = piece
end
redis.call('XADD', KEYS[1], '*', unpack(fields))
redis.call('EXPIRE', KEYS[1], ARGV[3])
local function rows(reply)  -- of what is a hint only, an error counts as nothing
  return reply.err and {} or reply
end
local tenants, sightings = {}, {}
for _, piece in ipairs(ARGV[5] == '1' and pieces or {}) do
  pcall(function()  -- whoever reads it says that it is junk
    for _, place in ipairs(cjson.decode(string.match(piece, '\n(.*)')).places) do
      tenants[#tenants + 1] = tostring(place[1])
    end
  end)
end
for first = 1, #tenants, 1000 do  -- Lua passes no more than some thousand values at once
  local some = {unpack(tenants, first, math.min(#tenants, first + 999))}
  for _, sighting in ipairs(rows(redis.pcall('HMGET', KEYS[3], unpack(some)))) do
    sightings[#sightings + 1] = sighting
  end
end
local known = rows(redis.pcall('LRANGE', KEYS[4], ARGV[4], -1))
return {pieces, tenants, sightings, known, redis.call('LLEN', KEYS[2])}
