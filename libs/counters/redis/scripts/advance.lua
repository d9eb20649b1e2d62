-- Moves positions of shards forward.
--
-- KEYS the shards' positions. ARGV of each move one after another: partition, the new position, and for
-- every key the position it must at least have.
-- Returns flat, of all that do not have that: number of the move, number of the key, the position it has or false.
-- The others are moved.

local width = #KEYS + 2
local lost = {}
for move = 1, #ARGV / width do
  local at = (move - 1) * width
  local partition, to = ARGV[at + 1], tonumber(ARGV[at + 2])
  for i, key in ipairs(KEYS) do
    local stored = redis.call('HGET', key, partition)
    if not stored or tonumber(stored) < tonumber(ARGV[at + 2 + i]) then
      lost[#lost + 1] = move
      lost[#lost + 1] = i
      lost[#lost + 1] = stored
    elseif tonumber(stored) < to then
      redis.call('HSET', key, partition, ARGV[at + 2])
    end
  end
end
return lost
