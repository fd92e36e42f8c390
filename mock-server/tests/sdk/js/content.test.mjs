// Everything that Converse can say, as the AWS SDK for JavaScript decodes it: scripts of
// ../content.json, and what the mock says by itself.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";

import { cleanEnvironment, putScenarios, startServer } from "./server.mjs";

const { rows } = JSON.parse(await readFile(new URL("../content.json", import.meta.url), "utf8"));
const ACCOUNT = "900000000002";
const CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const NOVA = "amazon.nova-lite-v1:0";
const NOVA_2 = "us.amazon.nova-2-lite-v1:0";
const GPT_OSS = "openai.gpt-oss-120b-1:0";
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

let server;
let scripted;
let client;

before(async () => {
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  Object.assign(process.env, cleanEnvironment());
  server = await startServer();
  await putScenarios(
    server,
    ACCOUNT,
    rows.map(({ name, reply }) => ({ name, match: { lastUser: { equals: name } }, reply })),
  );
  const of = (accessKeyId) =>
    new BedrockRuntimeClient({
      region: "us-west-2",
      endpoint: server.http,
      maxAttempts: 1,
      credentials: { accessKeyId, secretAccessKey: "test" },
    });
  scripted = of(ACCOUNT);
  client = of("test");
});

after(async () => {
  scripted?.destroy();
  client?.destroy();
  await server?.stop();
});

const user = (...content) => ({ role: "user", content: content.map((c) => (typeof c === "string" ? { text: c } : c)) });
const check = (name, run) => test(name, { timeout: 30_000 }, run);

/** As the wire has it: bytes are base64 there, and what is absent is not undefined. */
function plain(value) {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, plain(member)]));
}

/** The block that the pieces of a stream make. */
function fold(start, deltas) {
  const each = (kind) => deltas.filter((delta) => kind in delta).map((delta) => delta[kind]);
  const text = each("text");
  if (start?.toolUse) {
    const pieces = each("toolUse").map(({ input }) => input);
    return { block: { toolUse: { ...start.toolUse, input: JSON.parse(pieces.join("") || "{}") } }, pieces };
  }
  if (start?.toolResult) return { block: { toolResult: { ...start.toolResult, content: each("toolResult").flat() } } };
  if (start?.image) return { block: { image: { ...start.image, ...each("image")[0] } } };
  const thoughts = each("reasoningContent");
  if (thoughts.some((thought) => "redactedContent" in thought)) return { block: { reasoningContent: thoughts[0] } };
  if (thoughts.length) {
    const pieces = thoughts.filter((thought) => "text" in thought).map((thought) => thought.text);
    const signed = thoughts.find((thought) => "signature" in thought);
    return { block: { reasoningContent: { reasoningText: { text: pieces.join(""), ...signed } } }, pieces };
  }
  const citations = each("citation");
  const told = text.length ? { content: [{ text: text.join("") }] } : {};
  if (citations.length) return { block: { citationsContent: { ...told, citations } }, pieces: text };
  return { block: { text: text.join("") }, pieces: text };
}

/** A stream put together again, by what the service documents of its events. */
async function collect(answer) {
  const out = { names: [], blocks: [], beside: {} };
  let open = null;
  const close = () => {
    const { block, pieces } = fold(open.start, open.deltas);
    out.blocks.push(block);
    out.pieces = pieces;
    open = null;
  };
  try {
    for await (const event of answer.stream) {
      const [[name, body]] = Object.entries(plain(event));
      out.names.push(name);
      if (body.contentBlockIndex !== undefined) assert.equal(body.contentBlockIndex, out.blocks.length);
      if (name === "contentBlockStart") open = { start: body.start, deltas: [] };
      if (name === "contentBlockDelta") (open ??= { deltas: [] }).deltas.push(body.delta);
      if (name === "contentBlockStop") close();
      if (name === "messageStop" || name === "metadata") Object.assign(out.beside, body);
    }
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    out.exception = error;
  }
  if (open) close();
  return out;
}

/** The same request whole and streamed; content, stop reason and counts must be the same. */
async function both(ask) {
  const whole = plain(await client.send(new ConverseCommand(ask)));
  const streamed = await collect(await client.send(new ConverseStreamCommand(ask)));
  assert.equal(streamed.exception, undefined);
  // gpt-oss opens its streams, and only those, with an empty text (recorded).
  const blocks = ask.modelId === GPT_OSS ? streamed.blocks.slice(1) : streamed.blocks;
  assert.deepEqual(blocks, whole.output.message.content);
  assert.equal(streamed.beside.stopReason, whole.stopReason);
  for (const count of ["inputTokens", "outputTokens", "totalTokens"]) {
    assert.equal(streamed.beside.usage[count], whole.usage[count]);
  }
  return { whole, content: whole.output.message.content, streamed };
}

for (const row of rows) {
  const ask = () => ({ modelId: row.model, messages: [user(row.name)] });
  if (row.content) {
    check(`whole: ${row.name}`, async () => {
      const answer = plain(await scripted.send(new ConverseCommand(ask())));
      assert.deepEqual(answer.output.message.content, row.content);
      assert.equal(answer.stopReason, row.stopReason ?? "end_turn");
      for (const [member, value] of Object.entries(row.beside ?? {})) assert.deepEqual(answer[member], value);
    });
  }
  check(`streamed: ${row.name}`, async () => {
    const streamed = await collect(await scripted.send(new ConverseStreamCommand(ask())));
    assert.deepEqual(streamed.blocks, row.streamed ?? row.content);
    if (row.pieces) assert.deepEqual(streamed.pieces, row.pieces);
    for (const [member, value] of Object.entries(row.beside ?? {})) assert.deepEqual(streamed.beside[member], value);
    if (row.exception) {
      const { name, ...members } = row.exception;
      assert.equal(streamed.exception.name, name[0].toUpperCase() + name.slice(1));
      for (const [member, value] of Object.entries(members)) assert.equal(streamed.exception[member], value);
      return;
    }
    assert.equal(streamed.exception, undefined);
    assert.equal(streamed.beside.stopReason, row.stopReason ?? "end_turn");
    assert.equal(streamed.names[0], "messageStart");
    assert.deepEqual(streamed.names.slice(-2), ["messageStop", "metadata"]);
  });
}

const WEATHER = { type: "object", required: ["city"], properties: { city: { type: "string" } } };
const NOTHING = { type: "object", properties: {} };
const offer = (schemas, toolChoice) => ({
  tools: Object.entries(schemas).map(([name, json]) => ({ toolSpec: { name, inputSchema: { json } } })),
  ...(toolChoice && { toolChoice }),
});
const called = (content) => content.filter((block) => block.toolUse).map((block) => block.toolUse.name);

for (const modelId of [CLAUDE, NOVA, NOVA_2, GPT_OSS, "cohere.command-r-v1:0"]) {
  check(`tools: auto, any, named, in parallel, to the end of the loop: ${modelId}`, async () => {
    const tools = { get_weather: WEATHER, now: NOTHING };
    const say = (text, choice) => both({ modelId, messages: [user(text)], toolConfig: offer(tools, choice) });
    assert.deepEqual(called((await say("Hello")).content), []);
    assert.deepEqual(called((await say("Hello", { any: {} })).content), ["get_weather"]);
    const named = await say("Hello", { tool: { name: "now" } });
    assert.deepEqual(named.content.at(-1).toolUse.input, {});
    assert.deepEqual(named.streamed.pieces, modelId === CLAUDE ? [""] : ["{}"]);

    const question = user("Use get_weather and now");
    const two = await both({ modelId, messages: [question], toolConfig: offer(tools) });
    assert.deepEqual(called(two.content), ["get_weather", "now"]);
    const results = two.content
      .filter((block) => block.toolUse)
      .map(({ toolUse }) => ({ toolResult: { toolUseId: toolUse.toolUseId, content: [{ json: { degrees: 21 } }] } }));
    const answer = await client.send(new ConverseCommand({ modelId, messages: [question], toolConfig: offer(tools) }));
    const messages = [question, answer.output.message, user(...results)];
    const last = await both({ modelId, messages, toolConfig: offer(tools) });
    assert.equal(last.whole.stopReason, "end_turn");
    assert.match(last.content.at(-1).text, /21/);
  });
}

check("structured output", async () => {
  const schema = { ...WEATHER, additionalProperties: false };
  const structure = { jsonSchema: { schema: JSON.stringify(schema), name: "answer" } };
  const outputConfig = { textFormat: { type: "json_schema", structure } };
  const { content } = await both({ modelId: CLAUDE, messages: [user("Where?")], outputConfig });
  assert.equal(typeof JSON.parse(content[0].text).city, "string");
});

check("reasoning: signed, taken back, redacted, hidden, in words alone", async () => {
  const thinking = { thinking: { type: "enabled", budget_tokens: 1024 } };
  const claude = (...messages) =>
    both({ modelId: CLAUDE, messages, additionalModelRequestFields: thinking, inferenceConfig: { maxTokens: 4000 } });
  const signed = await claude(user("Think"));
  assert.match(signed.content[0].reasoningContent.reasoningText.signature, /^[A-Za-z0-9+/]+=*$/);
  await claude(user("Think"), signed.whole.output.message, user("Go on"));
  const magic =
    "ANTHROPIC_MAGIC_STRING_TRIGGER_REDACTED_THINKING_46C9A13E193C177646C7398A98432ECCCE4C1253D5E2D82641AC0E52CC2876CB";
  assert.ok((await claude(user(magic))).content[0].reasoningContent.redactedContent.length > 10);

  const reasoningConfig = { type: "enabled", maxReasoningEffort: "low" };
  const nova = await both({
    modelId: NOVA_2,
    messages: [user("Think")],
    additionalModelRequestFields: { reasoningConfig },
  });
  assert.deepEqual(nova.content[0], { reasoningContent: { reasoningText: { text: "[REDACTED]" } } });
  const oss = await both({ modelId: GPT_OSS, messages: [user("Think")] });
  assert.deepEqual(Object.keys(oss.content[0].reasoningContent.reasoningText), ["text"]);
});

check("citations of every kind of source", async () => {
  const sources = {
    documentChar: { text: "Cats sleep. Dogs bark." },
    documentPage: { bytes: Buffer.from("%PDF-1.4\n") },
    documentChunk: { content: [{ text: "Cats sleep." }] },
  };
  for (const [location, source] of Object.entries(sources)) {
    const format = { documentChar: "txt", documentPage: "pdf" }[location];
    const document = { name: "animals", format, source, citations: { enabled: true } };
    const { content } = await both({ modelId: CLAUDE, messages: [user("What?", { document })] });
    const [citation] = content.find((block) => block.citationsContent).citationsContent.citations;
    assert.deepEqual(Object.keys(citation.location), [location]);
  }
});

check("tools that Nova runs", async () => {
  for (const name of ["nova_grounding", "nova_code_interpreter"]) {
    const toolConfig = { tools: [{ systemTool: { name } }] };
    const { content } = await both({ modelId: NOVA_2, messages: [user("Who?")], toolConfig });
    assert.equal(content[0].toolUse.type, "server_tool_use");
    assert.equal(content[1].toolResult.type, `${name}_result`);
    assert.ok(content.at(-1).text);
  }
});

check("twenty images", async () => {
  const images = Array.from({ length: 20 }, () => ({ image: { format: "png", source: { bytes: PNG } } }));
  const { whole } = await both({ modelId: CLAUDE, messages: [user("What?", ...images)] });
  assert.equal(whole.stopReason, "end_turn");
});

check("ten thousand tokens of arguments", async () => {
  const entry = { type: "object", required: ["name", "n"], properties: { name: { type: "string" }, n: { type: "integer" } } };
  const list = { type: "array", minItems: 100, items: { type: "array", minItems: 12, items: entry } };
  const save = { type: "object", required: ["rows"], properties: { rows: list } };
  for (const modelId of [CLAUDE, NOVA]) {
    const toolConfig = offer({ save }, { tool: { name: "save" } });
    const { whole } = await both({ modelId, messages: [user("Save it")], toolConfig });
    assert.ok(whole.usage.outputTokens > 10_000);
  }
});
