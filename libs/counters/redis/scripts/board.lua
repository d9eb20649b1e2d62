-- A window of a board: what decides whether it may be believed, its first rows, and those around an employee.
--
-- KEYS[1] the shard's meta. ARGV: tag, tenant, BOARD:WINDOW, '1' when records are kept apart, number of first
-- rows, and optionally an employee and the number of rows to either side.
-- Returns nothing when never set up, else {complete, boards, the tenant's horizon or '', overflowed, the first
-- rows, the rows around}. Rows: nothing when there are none, else {rows before, rows with a greater value than the
-- first, {employee, negated value, ...}, {records, ...}}.

local meta = redis.call('HMGET', KEYS[1], 'current', 'complete', 'boards')
if not meta[1] then
  return {}
end
local prefix = ARGV[1] .. ':g' .. meta[1] .. ':'
local name = ARGV[2] .. ':' .. ARGV[3]
local cells = prefix .. 'b:' .. name

local function stretch(first, last)
  if last < first then
    return {}
  end
  local rows = redis.call('ZRANGE', cells, first, last, 'WITHSCORES')
  if #rows == 0 then
    return {}
  end
  local better = first > 0 and redis.call('ZCOUNT', cells, '-inf', '(' .. rows[2]) or 0
  local records = {}
  if ARGV[4] == '1' then
    local employees = {}
    for i = 1, #rows, 2 do
      employees[#employees + 1] = rows[i]
    end
    records = redis.call('HMGET', prefix .. 'n:' .. name, unpack(employees))
  end
  return { first, better, rows, records }
end

local around = {}
local own = ARGV[6] and redis.call('ZRANK', cells, ARGV[6])
if own then
  around = stretch(math.max(0, own - tonumber(ARGV[7])), own + tonumber(ARGV[7]))
end
return {
  meta[2] or '0',
  meta[3] or '',
  redis.call('HGET', prefix .. 'h', ARGV[2]) or '',
  redis.call('SISMEMBER', prefix .. 'o:' .. ARGV[2], ARGV[3]),
  stretch(0, tonumber(ARGV[5]) - 1),
  around,
}
