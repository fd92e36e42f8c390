// Each kind of fault as a user of the AWS SDK for JavaScript sees it, over HTTP/2. Each case is an
// account of its own, so that cases never meet each other's faults.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelWithResponseStreamCommand,
  ModelErrorException,
  ThrottlingException,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttp2Handler } from "@smithy/node-http-handler";

import { cleanEnvironment, startServer } from "./server.mjs";

const MODEL = "anthropic.claude-3-haiku-20240307-v1:0";
const ASK = { modelId: MODEL, messages: [{ role: "user", content: [{ text: "Hello" }] }] };
const TEST_TIMEOUT_MS = 60_000;

let server;
let plain;
let lastAccount = 800_000_000_000;

before(async () => {
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  Object.assign(process.env, cleanEnvironment());
  server = await startServer();
  plain = await inWorld([], (world) => world.events());
});

after(async () => {
  await server?.stop();
});

async function control(method, path, body) {
  const answer = await fetch(`${server.http}/_mock/faults${path}`, { method, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, await answer.clone().text());
  return answer.json();
}

/** Runs `use` with a client of an account that meets these faults. */
async function inWorld(faults, use, config = {}) {
  const account = String(++lastAccount);
  if (faults.length) await control("POST", `?account=${account}`, faults);
  const client = new BedrockRuntimeClient({
    region: "us-west-2",
    endpoint: server.http,
    maxAttempts: 1,
    credentials: { accessKeyId: account, secretAccessKey: "test" },
    ...config,
  });
  assert.ok(client.config.requestHandler instanceof NodeHttp2Handler);
  const stream = async () => (await client.send(new ConverseStreamCommand(ASK))).stream;
  const world = {
    account,
    client,
    converse: () => client.send(new ConverseCommand(ASK)),
    async events() {
      const events = [];
      for await (const event of await stream()) events.push(withoutPadding(event));
      return events;
    },
    /** The events that come, and why no more do. */
    async untilBroken() {
      const events = [];
      try {
        for await (const event of await stream()) events.push(withoutPadding(event));
      } catch (error) {
        return [events, error];
      }
      assert.fail(`the stream ends well after ${JSON.stringify(events)}`);
    },
  };
  try {
    return await use(world);
  } finally {
    client.destroy();
  }
}

/** Padding is random by request; the SDK passes it on though no model has it. */
function withoutPadding(event) {
  const [[name, body]] = Object.entries(event);
  const { p, ...rest } = body;
  return { [name]: rest };
}

const names = (events) => events.map((event) => Object.keys(event)[0]);
const text = (events) => events.map((event) => event.contentBlockDelta?.delta?.text ?? "").join("");

const throttled = { kind: "exception", error: "ThrottlingException" };

/** A refusal as the SDK throws it. */
const refusal = (...faults) =>
  inWorld(faults, (world) => world.converse().then(() => assert.fail("it answers"), (error) => error));
const events = (fault) => inWorld([fault], (world) => world.events());
const broken = (fault, config) => inWorld([fault], (world) => world.untilBroken(), config);
const whole = (...faults) => inWorld(faults, (world) => world.converse());
const patience = (ms) => ({ requestHandler: new NodeHttp2Handler({ requestTimeout: ms }) });

const CASES = {
  async exception() {
    const fault = { kind: "exception", error: "ModelErrorException", message: "Sorry", retryAfter: 2, originalStatusCode: 503 };
    const error = await refusal(fault);
    assert.ok(error instanceof ModelErrorException);
    assert.equal(error.message, "Sorry");
    assert.equal(error.originalStatusCode, 503);
    assert.equal(error.$metadata.httpStatusCode, 424);
    assert.equal(error.$response.headers["retry-after"], "2");
  },
  async delay() {
    const since = Date.now();
    assert.equal((await whole({ kind: "delay", ms: 200 })).stopReason, "end_turn");
    assert.ok(Date.now() - since >= 200);
  },
  async hang() {
    const error = await inWorld([{ kind: "hang" }], (w) => w.converse().catch((e) => e), patience(500));
    assert.equal(error.name, "TimeoutError");
  },
  async "reset-before-head"() {
    const error = await refusal({ kind: "reset-before-head" });
    assert.match(`${error.code} ${error.message}`, /ERR_HTTP2_STREAM_ERROR|INTERNAL_ERROR/);
  },
  async "stream-exception"() {
    const fault = { kind: "stream-exception", error: "ThrottlingException", events: 2, message: "Slow down" };
    const [seen, error] = await broken(fault);
    assert.deepEqual(seen, plain.slice(0, 2));
    assert.ok(error instanceof ThrottlingException);
    assert.equal(error.message, "Slow down");
  },
  async "end-after-events"() {
    assert.deepEqual(await events({ kind: "end-after-events", events: 3 }), plain.slice(0, 3));
  },
  async "end-after-bytes"() {
    const [seen, error] = await broken({ kind: "end-after-bytes", bytes: 300 });
    assert.ok(seen.length < plain.length);
    assert.match(error.message, /Truncated event message/);
  },
  async "reset-after-events"() {
    const [seen, error] = await broken({ kind: "reset-after-events", events: 2 });
    assert.deepEqual(seen, plain.slice(0, 2));
    assertReset(error);
  },
  async "reset-after-bytes"() {
    const [seen, error] = await broken({ kind: "reset-after-bytes", bytes: 200 });
    assert.equal(seen.length, 1);
    assertReset(error);
  },
  async "no-terminator"() {
    const [seen, error] = await broken({ kind: "no-terminator" });
    assert.deepEqual(seen, plain);
    assertReset(error);
  },
  async stall() {
    assert.deepEqual(await events({ kind: "stall", events: 2, ms: 100 }), plain);
  },
  async pacing() {
    const since = Date.now();
    assert.deepEqual(await events({ kind: "pacing", firstEventMs: 100, eventsPerSecond: 100 }), plain);
    assert.ok(Date.now() - since >= 100 + 10 * (plain.length - 1));
  },
  async "corrupt-prelude-crc"() {
    const [seen, error] = await broken({ kind: "corrupt-prelude-crc", frame: 1 });
    assert.equal(seen.length, 1);
    assert.match(error.message, /prelude checksum/);
  },
  async "corrupt-message-crc"() {
    const [seen, error] = await broken({ kind: "corrupt-message-crc", frame: 2 });
    assert.equal(seen.length, 2);
    assert.match(error.message, /message checksum/);
  },
  async "wrong-length"() {
    const [seen, error] = await broken({ kind: "wrong-length", frame: 1, by: 8 });
    assert.equal(seen.length, 1);
    assert.match(error.message, /checksum/);
  },
  async "oversized-frame"() {
    // This decoder has no limit.
    assert.deepEqual(await events({ kind: "oversized-frame", frame: 1 }), plain);
  },
  async rechunk() {
    for (const bytes of [1, 7]) assert.deepEqual(await events({ kind: "rechunk", bytes }), plain);
  },
  async coalesce() {
    assert.deepEqual(await events({ kind: "coalesce" }), plain);
    assert.deepEqual(await events({ kind: "coalesce", frames: 3 }), plain);
  },
  async "duplicate-event"() {
    const seen = await events({ kind: "duplicate-event", index: 1 });
    assert.deepEqual(seen[1], seen[2]);
    assert.equal(seen.length, plain.length + 1);
  },
  async "reorder-events"() {
    const seen = await events({ kind: "reorder-events", index: 0 });
    assert.deepEqual(names(seen).slice(0, 2), ["contentBlockDelta", "messageStart"]);
  },
  async "drop-event"() {
    const seen = await events({ kind: "drop-event", name: "messageStop" });
    assert.deepEqual(names(seen), names(plain).filter((name) => name !== "messageStop"));
  },
  async "unknown-event"() {
    assert.equal(text(await events({ kind: "unknown-event", events: 1 })), text(plain));
  },
  async "wrong-event-type"() {
    assert.equal(text(await events({ kind: "wrong-event-type" })), "");
  },
  async "unknown-union-member"() {
    const seen = await events({ kind: "unknown-union-member" });
    assert.deepEqual(seen[1].contentBlockDelta.delta, { $unknown: ["futureContent", { value: "?" }] });
    assert.equal(text(seen), text(plain));
  },
  async "empty-text-start"() {
    // Tolerated here, where boto3 breaks.
    const seen = await events({ kind: "empty-text-start" });
    assert.equal(names(seen)[1], "contentBlockStart");
    assert.equal(text(seen), text(plain));
  },
  async "double-wrapped-payload"() {
    const seen = await events({ kind: "double-wrapped-payload" });
    assert.equal(seen[0].messageStart.role, undefined);
    assert.equal(text(seen), "");
  },
  async "unwrapped-chunk"() {
    const request = { anthropic_version: "bedrock-2023-05-31", max_tokens: 50, messages: [{ role: "user", content: "Hello" }] };
    const command = new InvokeModelWithResponseStreamCommand({ modelId: MODEL, contentType: "application/json", body: JSON.stringify(request) });
    await inWorld([{ kind: "unwrapped-chunk" }], async (world) => {
      const answer = await world.client.send(command);
      for await (const event of answer.body) assert.equal(event.chunk?.bytes, undefined);
    });
  },
  async "no-padding"() {
    assert.deepEqual(await events({ kind: "no-padding" }), plain);
  },
  async "zero-usage"() {
    assert.equal((await whole({ kind: "zero-usage" })).usage.totalTokens, 0);
    assert.equal((await events({ kind: "zero-usage" })).at(-1).metadata.usage.inputTokens, 0);
  },
  async "sse-inside"() {
    const [seen, error] = await broken({ kind: "sse-inside", events: 2 });
    assert.equal(seen.length, 2);
    assert.ok(error instanceof Error);
  },
  async "json-error-with-200"() {
    assert.equal((await whole({ kind: "json-error-with-200" })).output, undefined);
    const [seen, error] = await broken({ kind: "json-error-with-200" });
    assert.equal(seen.length, 0);
    assert.ok(error instanceof Error);
  },
  async "truncate-body"() {
    const error = await refusal({ kind: "truncate-body" });
    assert.ok(error instanceof Error);
  },
  async "body-not-json"() {
    const error = await refusal({ kind: "body-not-json" });
    assert.ok(error instanceof SyntaxError);
  },
  async "missing-request-id"() {
    assert.equal((await whole({ kind: "missing-request-id" })).$metadata.requestId, undefined);
  },
  async "wrong-error-type"() {
    assert.equal((await refusal({ kind: "wrong-error-type" }, throttled)).name, "Unknown");
    const renamed = { kind: "wrong-error-type", value: "ns#ModelNotReadyException:http://x" };
    assert.equal((await refusal(renamed, throttled)).name, "ModelNotReadyException");
  },
  async "wrong-status"() {
    const error = await refusal({ kind: "wrong-status", status: 400 }, throttled);
    assert.ok(error instanceof ThrottlingException);
    assert.equal(error.$metadata.httpStatusCode, 400);
  },
  async "foreign-error-body"() {
    const error = await refusal({ kind: "foreign-error-body" }, throttled);
    assert.ok(!(error instanceof ThrottlingException));
    assert.equal(error.$metadata.httpStatusCode, 429);
  },
};

function assertReset(error) {
  assert.match(`${error.code} ${error.message}`, /ERR_HTTP2_STREAM_ERROR|INTERNAL_ERROR/);
}

for (const [kind, check] of Object.entries(CASES)) {
  test(kind, { timeout: TEST_TIMEOUT_MS }, check);
}

test("every kind has a case", async () => {
  const { kinds } = await control("GET", "/kinds");
  assert.deepEqual(kinds.map((about) => about.name).sort(), Object.keys(CASES).sort());
});

test("a stream that stalls for ever ends when its client gives up", { timeout: TEST_TIMEOUT_MS }, () =>
  inWorld([{ kind: "stall", events: 2 }], async (world) => {
    const abort = new AbortController();
    const answer = await world.client.send(new ConverseStreamCommand(ASK), { abortSignal: abort.signal });
    const seen = [];
    for await (const event of answer.stream) {
      seen.push(withoutPadding(event));
      if (seen.length === 2) break;
    }
    assert.deepEqual(seen, plain.slice(0, 2));
    abort.abort();
  }),
);

test("the SDK retries until the throttle ends", { timeout: TEST_TIMEOUT_MS }, () =>
  inWorld(
    [{ ...throttled, first: 2 }],
    async (world) => {
      assert.equal((await world.converse()).$metadata.attempts, 3);
      const { faults } = await control("GET", `?account=${world.account}`);
      assert.deepEqual([faults[0].fitted, faults[0].hits], [3, 2]);
    },
    { maxAttempts: 3 },
  ),
);
