"use strict";
// The console: lists what came in, opens one request, decodes its frames. Text from requests only
// ever becomes text nodes.
const $ = (id) => document.getElementById(id);
const KEPT = 500; // rows that stay in the list
const state = { entries: [], open: null, paused: false, token: sessionStorage.getItem("token") || "", stream: null };

function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "on") for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
    else if (value !== undefined && value !== false) node.setAttribute(key, value);
  }
  node.append(...children.filter((c) => c !== null && c !== undefined));
  return node;
}

async function api(path, options = {}) {
  const headers = state.token ? { "x-mock-token": state.token } : {};
  const response = await fetch(path, { ...options, headers: { ...headers, ...options.headers } });
  if (response.status === 401 || response.status === 403) $("unlock").hidden = false;
  if (!response.ok) throw new Error((await response.text()).slice(0, 500) || response.statusText);
  return response;
}

function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => { $("toast").hidden = true; }, 1800);
}

function copyButton(label, text) {
  const copy = async () => {
    const value = typeof text === "function" ? text() : text;
    try { await navigator.clipboard.writeText(value); } catch {
      // No clipboard without a secure context: a hidden field does it too.
      const field = el("textarea", { style: "position:fixed;opacity:0" });
      field.value = value;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    toast("copied");
  };
  return el("button", { class: "small", type: "button", on: { click: copy } }, label);
}

// --- live list ------------------------------------------------------------------------------------

function query() {
  const fields = new FormData($("filter"));
  const out = new URLSearchParams();
  for (const [name, value] of fields) if (value.trim()) out.set(name, value.trim());
  return out;
}

async function follow() {
  state.stream?.abort();
  const mine = state.stream = new AbortController();
  state.entries = [];
  drawRows();
  for (let wait = 500; !mine.signal.aborted; wait = Math.min(wait * 2, 8000)) {
    try {
      const q = query();
      q.set("follow", "true");
      const last = state.entries[0];
      if (last) q.set("since", last.number);
      const response = await api(`/_mock/journal/export?${q}`, { signal: mine.signal });
      live("on", "live");
      wait = 500;
      await lines(response.body, (line) => { if (line) add(JSON.parse(line)); });
    } catch (e) {
      if (mine.signal.aborted) return;
      live("off", $("unlock").hidden ? "no connection" : "locked");
    }
    await new Promise((done) => setTimeout(done, wait));
  }
}

async function lines(body, each) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ""; ;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n");
    rest = parts.pop();
    for (const part of parts) each(part.replace(/^data: ?/, "").trim());
  }
}

function live(kind, text) { $("live").className = kind; $("live").textContent = text; }

function add(entry) {
  state.entries.unshift(entry);
  state.entries.length = Math.min(state.entries.length, KEPT);
  if (!state.paused) { add.due ??= requestAnimationFrame(() => { add.due = null; drawRows(); }); }
}

function drawRows() {
  $("none").hidden = state.entries.length > 0;
  $("rows").replaceChildren(...state.entries.map((entry) => {
    const status = entry.response?.status;
    const cut = !["complete", "open"].includes(entry.ended);
    const bad = !status || status >= 400 || cut;
    const model = entry.model?.asked ?? entry.model?.id ?? "";
    const select = () => open(entry);
    return el("tr", { tabindex: 0, "data-id": entry.id, "aria-selected": String(state.open === entry.id), on: { click: select, keydown: (e) => { if (e.key === "Enter") select(); } } },
      el("td", {}, entry.time.slice(11, 23)),
      el("td", { class: bad ? "bad" : "good", title: entry.refusal?.message ?? entry.ended }, `${status ?? "–"}${cut ? " ✂" : ""}`),
      el("td", { title: entry.request.target }, entry.operation ?? `${entry.request.method} ${entry.request.target.slice(0, 40)}`),
      el("td", { class: "wide model", title: model }, model),
      el("td", { class: "wide" }, entry.account ?? ""),
      el("td", { class: "num" }, entry.durationMs === undefined ? "…" : entry.durationMs.toFixed(1)));
  }));
}

// --- one request ----------------------------------------------------------------------------------

function open(entry) {
  state.open = entry.id;
  for (const row of $("rows").children) row.setAttribute("aria-selected", String(row.dataset.id === entry.id));
  const close = () => { state.open = null; $("detail").hidden = true; drawRows(); };
  const { request, response } = entry;
  const bytes = bodyBytes(response?.body);
  const frames = isFrames(response) ? decode(bytes, entry.events ?? []) : null;
  $("detail").replaceChildren(
    el("div", { class: "top" }, el("h2", {}, `${request.method} ${request.target}`),
      el("div", {}, copyButton("copy curl", () => curl(entry)), copyButton("copy JSON", JSON.stringify(entry, null, 2)),
        el("button", { class: "small", type: "button", "aria-label": "close", on: { click: close } }, "✕"))),
    summary(entry),
    el("h3", {}, "Request", copyButton("copy body", () => bodyText(request.body))),
    headers(request.headers), pre(bodyText(request.body), request.body),
    ...(response ? [el("h3", {}, `Response ${response.status}`, copyButton("copy body", () => bodyText(response.body)), scenarioButton(entry, frames)), headers(response.headers)] : []),
    ...(frames ? frames.map(frame) : response ? [pre(bodyText(response.body), response.body)] : []));
  $("detail").hidden = false;
  $("detail").scrollTop = 0;
}

function summary(entry) {
  const model = entry.model && [entry.model.asked, entry.model.id && entry.model.id !== entry.model.asked ? `→ ${entry.model.id}` : ""].join(" ");
  const rows = {
    "request id": entry.id, time: entry.time, account: entry.account, who: entry.principal && `${entry.principal.kind} ${entry.principal.arn ?? ""}`,
    operation: entry.operation, model, scenario: entry.scenario && `${entry.scenario.name}, reply ${entry.scenario.step + 1}`,
    faults: entry.faults?.join(", "), refused: entry.refusal && `${entry.refusal.type}: ${entry.refusal.message}`,
    violations: entry.refusal?.violations?.join("; "), hint: entry.refusal?.hint,
    attempt: entry.attempt > 1 || entry.retriedBy ? `${entry.attempt}${entry.retryOf ? `, after ${entry.retryOf.id}` : ""}${entry.retriedBy ? `, retried by ${entry.retriedBy}` : ""}` : "",
    ended: `${entry.ended}${entry.bytesSent === undefined ? "" : `, ${entry.bytesSent} bytes in ${entry.durationMs} ms`}`,
  };
  return el("dl", {}, ...Object.entries(rows).filter(([, v]) => v).flatMap(([k, v]) => [el("dt", {}, k), el("dd", {}, v)]));
}

function headers(pairs) {
  return el("details", {}, el("summary", {}, `${pairs.length} headers`), el("pre", {}, pairs.map(([n, v]) => `${n}: ${v}`).join("\n")));
}

function pre(text, body) {
  const note = body?.truncated ? `\n… cut after ${body.kept ?? text.length} of ${body.size} bytes` : "";
  return text ? el("pre", {}, text + note) : el("p", { class: "quiet" }, "no body");
}

function bodyText(body) {
  if (!body) return "";
  if (body.json !== undefined) return JSON.stringify(body.json, null, 2);
  return body.text ?? body.base64 ?? "";
}

function bodyBytes(body) {
  return body?.base64 ? Uint8Array.from(atob(body.base64), (c) => c.charCodeAt(0)) : new TextEncoder().encode(body?.text ?? "");
}

function curl(entry) {
  const quote = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
  const body = entry.request.body?.json !== undefined ? JSON.stringify(entry.request.body.json) : entry.request.body?.text;
  const kept = entry.request.headers.filter(([n]) => /^(content-type|accept|x-amzn-bedrock-.*)$/i.test(n)).map(([n, v]) => ` -H ${quote(`${n}: ${v}`)}`).join("");
  return `curl -sS -X ${entry.request.method} ${quote(location.origin + entry.request.target)} -H "Authorization: Bearer $AWS_BEARER_TOKEN_BEDROCK"${kept}${body ? ` -d ${quote(body)}` : ""}`;
}

// A recorded answer as a scenario that gives it again.
function scenarioButton(entry, frames) {
  const reply = entry.response.body?.json?.output ? entry.response.body.json
    : frames?.length ? { raw: { events: frames.map((f) => f.exception ? { exception: f.name, payload: f.payload } : { event: f.name, payload: f.payload }) } }
    : entry.response.body?.json !== undefined ? { raw: { status: entry.response.status, body: entry.response.body.json } } : null;
  if (!reply) return null;
  const match = { operation: entry.operation ?? undefined, model: entry.model?.id ?? undefined };
  return copyButton("copy as scenario", JSON.stringify({ scenarios: [{ name: `as ${entry.id}`, match, reply }] }, null, 2));
}

// --- event-stream frames ----------------------------------------------------------------------------

function isFrames(response) {
  return response?.headers.some(([n, v]) => n.toLowerCase() === "content-type" && v.startsWith("application/vnd.amazon.eventstream"));
}

function decode(bytes, times) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out = [];
  for (let at = 0; at + 16 <= bytes.length;) {
    const total = view.getUint32(at), length = view.getUint32(at + 4);
    const raw = bytes.subarray(at, at + total);
    if (total < 16 || at + total > bytes.length || length > total - 16) { out.push({ name: "not a frame", payload: null, raw: bytes.subarray(at), broken: true }); break; }
    const names = {};
    for (let i = at + 12; i < at + 12 + length;) {
      const name = text(bytes.subarray(i + 1, i + 1 + bytes[i]));
      i += 1 + bytes[i];
      if (bytes[i] !== 7) break;
      const size = view.getUint16(i + 1);
      names[name] = text(bytes.subarray(i + 3, i + 3 + size));
      i += 3 + size;
    }
    const body = text(bytes.subarray(at + 12 + length, at + total - 4));
    let payload = body;
    try { payload = JSON.parse(body); } catch { /* shown as it is */ }
    const ok = crc(bytes.subarray(at, at + 8)) === view.getUint32(at + 8) && crc(bytes.subarray(at, at + total - 4)) === view.getUint32(at + total - 4);
    out.push({ name: names[":event-type"] ?? names[":exception-type"] ?? "?", exception: ":exception-type" in names, payload, inner: chunk(payload), raw, broken: !ok, at: times[out.length]?.offsetMs });
    at += total;
  }
  return out;
}

function text(bytes) { return new TextDecoder().decode(bytes); }

// InvokeModel's chunks hold the provider's event in base64.
function chunk(payload) {
  if (typeof payload?.bytes !== "string") return undefined;
  try { return JSON.parse(text(Uint8Array.from(atob(payload.bytes), (c) => c.charCodeAt(0)))); } catch { return undefined; }
}

const TABLE = Array.from({ length: 256 }, (_, n) => { for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1; return n >>> 0; });
function crc(bytes) { let c = 0xffffffff; for (const b of bytes) c = TABLE[(c ^ b) & 255] ^ (c >>> 8); return (c ^ 0xffffffff) >>> 0; }

function frame(f) {
  const shown = f.inner ?? f.payload;
  const brief = typeof shown === "string" ? shown : JSON.stringify(shown);
  const label = el("summary", {}, el("b", { class: f.exception || f.broken ? "bad" : "" }, f.name), f.broken ? " (bad checksum or length) " : " ", el("code", { class: "quiet" }, (brief ?? "").slice(0, 90)), el("span", { class: "at" }, f.at === undefined ? "" : `${f.at} ms`));
  const body = () => [el("pre", {}, typeof shown === "string" ? shown : JSON.stringify(shown, null, 2)), el("h3", {}, `frame, ${f.raw.length} bytes`, copyButton("copy hex", () => hex(f.raw))), el("pre", { class: "hex" }, hex(f.raw))];
  const node = el("details", { class: "frame" }, label);
  node.addEventListener("toggle", () => { if (node.open && node.children.length === 1) node.append(...body()); });
  return node;
}

function hex(bytes) {
  const rows = [];
  for (let at = 0; at < Math.min(bytes.length, 4096); at += 16) {
    const part = [...bytes.subarray(at, at + 16)];
    const two = part.map((b) => b.toString(16).padStart(2, "0")).join(" ").padEnd(47);
    rows.push(`${at.toString(16).padStart(4, "0")}  ${two}  ${part.map((b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : ".")).join("")}`);
  }
  return rows.join("\n") + (bytes.length > 4096 ? "\n…" : "");
}

// --- scenarios, accounts ----------------------------------------------------------------------------

async function drawScenarios() {
  const { scenarios } = await (await api("/_mock/scenarios")).json();
  $("scenario-list").replaceChildren(...(scenarios.length ? scenarios.map((s) => el("div", { class: "card" },
    el("div", { class: "top" }, el("h2", {}, s.name), el("div", {}, el("b", { class: s.hits ? "good" : "quiet" }, `${s.hits} ${s.hits === 1 ? "hit" : "hits"}${s.times ? ` of ${s.times} per account` : ""}`), copyButton("copy", JSON.stringify({ scenarios: [s.scenario] }, null, 2)))),
    el("p", { class: "quiet" }, `${s.origin}${s.account ? `, account ${s.account}` : ""}`), el("pre", {}, JSON.stringify(s.scenario, null, 2)))) : [el("p", { class: "quiet" }, "No scenarios: every request gets the mock's own answer. Put some with PUT /_mock/scenarios, or start with --scenarios FILE.")]));
}

async function drawAccounts() {
  const { accounts } = await (await api("/_mock/accounts")).json();
  const cards = accounts.slice(0, 50).map(async ({ account, journalEntries }) => {
    const made = await (await api(`/_mock/accounts/${account}`)).json();
    return el("div", { class: "card" }, el("div", { class: "top" }, el("h2", {}, account), el("span", { class: "quiet" }, `${journalEntries} requests`)), fields(made));
  });
  const note = accounts.length > 50 ? [el("p", { class: "quiet" }, `and ${accounts.length - 50} more`)] : accounts.length ? [] : [el("p", { class: "quiet" }, "No account has asked for anything yet.")];
  $("account-list").replaceChildren(...(await Promise.all(cards)), ...note);
}

// Whatever an account has, by its names; lists as tables of their members.
function fields(object) {
  return el("dl", {}, ...Object.entries(object).filter(([name]) => name !== "account").flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, ...shown(value))]));
}

function shown(value) {
  if (Array.isArray(value)) return value.length ? value.flatMap((v) => [...shown(v), el("br")]) : [el("span", { class: "quiet" }, "none")];
  if (value && typeof value === "object") return [fields(value)];
  if (value === null) return [el("span", { class: "quiet" }, "none")];
  const text = String(value);
  return text.length > 12 ? [el("code", {}, text), " ", copyButton("copy", text)] : [text];
}

async function mint() {
  const account = await (await api("/_mock/accounts", { method: "POST" })).json();
  $("minted").replaceChildren(el("div", { class: "card" }, el("h2", {}, `New account ${account.account}`), fields(account)));
  await drawAccounts();
}

// --- wiring -------------------------------------------------------------------------------------------

const views = { scenarios: drawScenarios, accounts: drawAccounts };

function show(view) {
  for (const button of document.querySelectorAll("[data-view]")) button.toggleAttribute("aria-current", button.dataset.view === view);
  for (const section of document.querySelectorAll("main > section")) section.hidden = section.id !== view;
  views[view]?.().catch((e) => toast(e.message));
}

for (const button of document.querySelectorAll("[data-view]")) button.addEventListener("click", () => show(button.dataset.view));
for (const button of document.querySelectorAll("[data-refresh]")) button.addEventListener("click", () => show(button.dataset.refresh));
$("mint").addEventListener("click", () => mint().catch((e) => toast(e.message)));
$("pause").addEventListener("click", () => { state.paused = !state.paused; $("pause").setAttribute("aria-pressed", String(state.paused)); $("pause").textContent = state.paused ? "Resume" : "Pause"; if (!state.paused) drawRows(); });
$("clear").addEventListener("click", async () => { try { const q = query(); const account = q.get("account"); await api(`/_mock/journal${account ? `?account=${account}` : ""}`, { method: "DELETE" }); state.entries = []; $("detail").hidden = true; drawRows(); } catch (e) { toast(e.message); } });
$("filter").addEventListener("input", () => { clearTimeout(follow.timer); follow.timer = setTimeout(follow, 300); });
$("filter").addEventListener("submit", (e) => e.preventDefault());
$("unlock").addEventListener("submit", (e) => { e.preventDefault(); state.token = new FormData(e.target).get("token"); sessionStorage.setItem("token", state.token); $("unlock").hidden = true; follow(); });
document.addEventListener("keydown", (e) => { if (e.key === "Escape" && state.open) { state.open = null; $("detail").hidden = true; drawRows(); } });
api("/_mock/health").then((r) => r.json()).then((h) => { $("version").textContent = `${h.version} · ${h.region}`; }).catch(() => {});
follow();
