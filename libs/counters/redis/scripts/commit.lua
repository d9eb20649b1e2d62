-- Applies one planned chunk to a shard, whole or not at all.
--
-- KEYS[1] the shard's meta, KEYS[2] its positions. ARGV[1] msgpack, see `ChunkPayload` in chunk.ts.
-- Returns {'ok', out-of-log writes so far}, {'conflict'} when what the plan was made from has changed since it was read, or
-- {'lost', stored position or false} when the store does not stand where its log says.
--
-- Everything is checked before anything is written, and the first write is one that Redis refuses
-- when its memory is full: so no chunk is ever written in part.

local chunk = cmsgpack.unpack(ARGV[1])
local meta = redis.call('HMGET', KEYS[1], 'current', 'building', 'repairs')

local position = chunk.position
if position then
  local stored = redis.call('HGET', KEYS[2], position.partition)
  if not stored or tonumber(stored) < position.expected then
    return { 'lost', stored }
  end
end
if not meta[1] or (not position and tonumber(meta[3] or '0') < chunk.repairs) then
  return { 'lost', false }
end
if meta[1] ~= chunk.current or (meta[2] or '') ~= chunk.building then
  return { 'conflict' }
end
local horizons = chunk.horizons
for i = 1, #horizons, 3 do
  local stored = redis.call('HGET', horizons[i], horizons[i + 1])
  if stored and tonumber(stored) > horizons[i + 2] then
    return { 'conflict' }
  end
end
local heads = chunk.heads
for i = 1, #heads, 4 do
  if (redis.call('HGET', heads[i], heads[i + 1]) or '') ~= heads[i + 2] then
    return { 'conflict' }
  end
end

for i = 1, #heads, 4 do
  redis.call('HSET', heads[i], heads[i + 1], heads[i + 3])
end
for i = 1, #horizons, 3 do
  redis.call('HSET', horizons[i], horizons[i + 1], horizons[i + 2])
end
local made = chunk.made
for i = 1, #made, 4 do
  redis.call('HSET', made[i], made[i + 1], made[i + 2])
  redis.call('EXPIRE', made[i], made[i + 3])
end
local dropped = chunk.dropped
for i = 1, #dropped, 2 do
  redis.call('HDEL', dropped[i], dropped[i + 1])
end

-- Redis keeps small collections as lists that it searches from end to end, which is slow from some
-- dozens of entries on. An entry this long makes it change to a real table, for good.
local LONG = string.rep('-', 65)
local SMALL = 48

-- Redis prints a number that Lua hands over with 17 digits, at some cost: small ones come again and again.
local TEXT = setmetatable({}, {
  __index = function(texts, number)
    local text = string.format('%.0f', number)
    texts[number] = text
    return text
  end,
})

-- Scores are negated, so that ascending order is value descending, then employee ascending.
local function count(board, employees, values, records)
  local listed = redis.call('ZMSCORE', board.cells, unpack(employees))
  local counted = records and redis.call('HMGET', board.records, unpack(employees))
  local scores, counts, gone = {}, {}, {}
  local overflowed = board.overflowed
  local fresh = redis.call('EXISTS', board.cells) == 0
  for i = 1, #employees do
    local value = values[i] - tonumber(listed[i] or '0')
    local number = value
    if records then
      number = tonumber(counted[i] or '0') + records[i]
    end
    if number <= 0 then
      gone[#gone + 1] = employees[i]
    else
      scores[#scores + 1] = 0 - value
      scores[#scores + 1] = employees[i]
      counts[#counts + 1] = employees[i]
      counts[#counts + 1] = TEXT[number]
    end
    if value > 9e15 or value < -9e15 then
      overflowed = true
    end
  end
  if #scores > 0 then
    if fresh then
      redis.call('ZADD', board.cells, 0, LONG)
      if records then
        redis.call('HSET', board.records, LONG, 0)
      end
    end
    redis.call('ZADD', board.cells, unpack(scores))
    redis.call('EXPIRE', board.cells, board.ttl)
    if records then
      redis.call('HSET', board.records, unpack(counts))
      redis.call('EXPIRE', board.records, board.ttl)
    end
    if fresh then
      redis.call('ZREM', board.cells, LONG)
      if records then
        redis.call('HDEL', board.records, LONG)
      end
    end
  end
  if #gone > 0 then
    redis.call('ZREM', board.cells, unpack(gone))
    if records then
      redis.call('HDEL', board.records, unpack(gone))
    end
  end
  if overflowed then
    redis.call('SADD', board.marks, board.mark)
  end
end

for _, board in ipairs(chunk.boards) do
  count(board, board.employees, board.values, board.numbers)
end

for _, board in ipairs(chunk.distinct) do
  local employees, values = {}, {}
  for i, employee in ipairs(board.employees) do
    local key, items, deltas = board.itemsPrefix .. employee, board.items[i], board.deltas[i]
    local counts = redis.call('HMGET', key, unpack(items))
    local set, gone, difference = {}, {}, 0
    for j = 1, #items do
      local before = tonumber(counts[j] or '0')
      local after = before + deltas[j]
      if after > 0 then
        set[#set + 1] = items[j]
        set[#set + 1] = TEXT[after]
        if before <= 0 then
          difference = difference + 1
        end
      else
        gone[#gone + 1] = items[j]
        if before > 0 then
          difference = difference - 1
        end
      end
    end
    if #set > 0 then
      redis.call('HSET', key, unpack(set))
    end
    if #gone > 0 then
      redis.call('HDEL', key, unpack(gone))
    end
    local length = redis.call('HLEN', key)
    if length > SMALL and length <= SMALL + #items then
      redis.call('HSET', key, LONG, 0)
      redis.call('HDEL', key, LONG)
    end
    redis.call('EXPIRE', key, board.ttl)
    if difference ~= 0 then
      employees[#employees + 1] = employee
      values[#values + 1] = difference
    end
  end
  if #employees > 0 then
    count(board, employees, values)
  end
end

local references = chunk.references
for i = 1, #references, 5 do
  if references[i + 2] then
    redis.call('HSET', references[i], references[i + 1], references[i + 2])
  else
    redis.call('HDEL', references[i], references[i + 1])
  end
  redis.call('SADD', references[i + 3], references[i + 4])
end
local feed = chunk.feed
for i = 1, #feed, 2 do
  redis.call('LPUSH', feed[i], feed[i + 1])
  redis.call('LTRIM', feed[i], 0, chunk.feedLength - 1)
end
if position and position.to and tonumber(redis.call('HGET', KEYS[2], position.partition)) < position.to then
  redis.call('HSET', KEYS[2], position.partition, position.to)
end
return { 'ok', position and 0 or redis.call('HINCRBY', KEYS[1], 'repairs', 1) }
