-- A stretch of a board, ranked.
--
-- KEYS[1] the shard's meta. ARGV: tag, TENANT:BOARD:WINDOW, '1' when records are kept apart, first
-- and last row, and optionally an employee: the rows are then counted from that employee's.
-- Returns nothing when there are no such rows, else {rows before, rows with a greater value than the
-- first, {employee, negated value, ...}, {records, ...}}.

local current = redis.call('HGET', KEYS[1], 'current')
if not current then
  return {}
end
local prefix = ARGV[1] .. ':g' .. current .. ':'
local cells = prefix .. 'b:' .. ARGV[2]
local first, last = tonumber(ARGV[4]), tonumber(ARGV[5])
if ARGV[6] then
  local own = redis.call('ZRANK', cells, ARGV[6])
  if not own then
    return {}
  end
  first, last = math.max(0, own + first), own + last
end
local rows = redis.call('ZRANGE', cells, first, last, 'WITHSCORES')
if #rows == 0 then
  return {}
end
local better = first > 0 and redis.call('ZCOUNT', cells, '-inf', '(' .. rows[2]) or 0
local records = {}
if ARGV[3] == '1' then
  local employees = {}
  for i = 1, #rows, 2 do
    employees[#employees + 1] = rows[i]
  end
  records = redis.call('HMGET', prefix .. 'n:' .. ARGV[2], unpack(employees))
end
return { first, better, rows, records }
