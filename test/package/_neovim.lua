-- Drives Neovim as a person would: opens a file, waits for findings, asks, edits, formats. What was seen is written as
-- JSON to the file that the environment names.
local uri = vim.uri_from_bufnr(0)
local buffer = vim.api.nvim_get_current_buf()
local seen = { version = vim.version().minor }

local function codes()
  local found = {}
  for _, one in ipairs(vim.diagnostic.get(buffer)) do
    table.insert(found, { code = one.code or one.user_data.lsp.code, line = one.lnum, from = one.col, to = one.end_col })
  end
  table.sort(found, function(a, b) return a.line < b.line or (a.line == b.line and a.from < b.from) end)
  return found
end

local function has(code)
  for _, one in ipairs(codes()) do if one.code == code then return true end end
  return false
end

-- Nothing here is about time: the limit is against a server that says nothing at all.
local PATIENCE = 60000

local function ask(method, params)
  for _, answer in pairs(vim.lsp.buf_request_sync(buffer, method, params, PATIENCE) or {}) do
    return answer.error or answer.result
  end
end

local function at(line, character)
  return { textDocument = { uri = uri }, position = { line = line, character = character } }
end

local function drive()
  vim.wait(PATIENCE, function() return has("sleep-in-atomic") end, 20)
  seen.opened = codes()
  seen.hover = ask("textDocument/hover", at(5, 12))
  local completed = ask("textDocument/completion", at(4, 10))
  seen.completion = {}
  for _, item in ipairs(completed.items or completed) do table.insert(seen.completion, item.label) end
  seen.symbols = ask("textDocument/documentSymbol", { textDocument = { uri = uri } })
  local range = { start = { line = 5, character = 10 }, ["end"] = { line = 5, character = 20 } }
  local actions = ask("textDocument/codeAction", { textDocument = { uri = uri }, range = range, context = { diagnostics = vim.tbl_map(function(one) return one.user_data.lsp end, vim.diagnostic.get(buffer)) } })
  seen.actions = vim.tbl_map(function(action) return action.title end, actions or {})

  -- The mistake is mended with the keys, and the mark goes.
  vim.cmd([[execute "normal! 6GfGciwGFP_NOWAIT\<Esc>"]])
  vim.wait(PATIENCE, function() return not has("sleep-in-atomic") end, 20)
  seen.mended = codes()

  -- A line that is not laid out, which formatting mends.
  vim.api.nvim_buf_set_lines(buffer, 2, 3, false, { "request     rx   {" })
  if vim.lsp.buf.format then vim.lsp.buf.format({ async = false, timeout_ms = PATIENCE }) else vim.lsp.buf.formatting_sync(nil, PATIENCE) end
  seen.text = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)

  local rename = at(2, 9)
  rename.newName = "ring"
  seen.rename = ask("textDocument/rename", rename)
  -- A server that is killed is there again when the file is read again, and has lost no mark.
  vim.api.nvim_buf_set_lines(buffer, 5, 6, false, { "  flags   GFP_KERNEL" })
  vim.cmd("silent write")
  vim.wait(PATIENCE, function() return has("sleep-in-atomic") end, 20)
  seen.before = codes()
  local function clients() return (vim.lsp.get_clients or vim.lsp.get_active_clients)() end
  vim.loop.kill(tonumber(vim.fn.readfile(vim.env.SERVER_PID)[1]), 9)
  vim.wait(PATIENCE, function() return #clients() == 0 end, 20)
  seen.killed = #clients()
  vim.diagnostic.reset()
  vim.cmd("silent edit")
  vim.wait(PATIENCE, function() return has("sleep-in-atomic") end, 20)
  seen.again = codes()
  seen.clients = #(vim.lsp.get_clients or vim.lsp.get_active_clients)()
end

-- Whatever happens, Neovim ends and says what it saw.
local ok, why = pcall(drive)
if not ok then seen.failed = why end
vim.fn.writefile({ vim.json.encode(seen) }, vim.env.SEEN)
vim.cmd("qall!")
