// The AWS SDK for JavaScript v3 as its users have it: over http:// it speaks HTTP/2 with prior
// knowledge, over https:// HTTP/2 by ALPN.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import {
  AccessDeniedException,
  BedrockRuntimeClient,
  BedrockRuntimeServiceException,
  ConverseCommand,
  ConverseStreamCommand,
  ValidationException,
} from "@aws-sdk/client-bedrock-runtime";
import { BedrockTokenGenerator } from "@aws/bedrock-token-generator";
import { NodeHttp2Handler, NodeHttpHandler } from "@smithy/node-http-handler";

import { cleanEnvironment, startServer } from "./server.mjs";

const CLAUDE = "anthropic.claude-3-5-sonnet-20241022-v2:0";
const CLAUDE_GLOBAL = "global.anthropic.claude-sonnet-4-20250514-v1:0";
const PROFILE_ARN = "arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/abc123";
const HELLO = [{ role: "user", content: [{ text: "Hello" }] }];
const STORY = [{ role: "user", content: [{ text: "Tell me a story" }] }];
const UUID4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
// A text answer: no contentBlockStart, which the service sends for tool blocks alone.
const TEXT_GRAMMAR = /^messageStart (contentBlockDelta )+contentBlockStop messageStop metadata$/;
const TEST_TIMEOUT_MS = 30_000;

let server;

before(async () => {
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  Object.assign(process.env, cleanEnvironment());
  server = await startServer();
});

after(async () => {
  await server?.stop();
});

const keyPair = (accessKeyId = "test") => ({ credentials: { accessKeyId, secretAccessKey: "test" } });
const token = (key = server.apiKey) => ({ token: { token: key }, authSchemePreference: ["httpBearerAuth"] });

/** Runs `use` with a client of the given authentication, and closes it whatever happens. */
async function withClient(config, use) {
  const client = new BedrockRuntimeClient({ region: "us-west-2", endpoint: server.http, maxAttempts: 1, ...config });
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}

async function collect(answer) {
  const events = [];
  for await (const event of answer.stream) events.push(event);
  return {
    names: events.map((event) => Object.keys(event).join("+")).join(" "),
    text: events.map((event) => event.contentBlockDelta?.delta?.text ?? "").join(""),
    start: events[0]?.messageStart,
    stop: events.find((event) => event.messageStop)?.messageStop,
    metadata: events.at(-1)?.metadata,
  };
}

function check(name, run) {
  test(name, { timeout: TEST_TIMEOUT_MS }, run);
}

async function assertHealthy() {
  const health = await fetch(`${server.http}/_mock/health`);
  assert.equal(health.status, 200);
  await health.json();
}

const auth = [
  ["key pair", () => keyPair()],
  ["bearer token", () => token()],
];

for (const [name, config] of auth) {
  check(`converse over http://, ${name}`, () =>
    withClient(config(), async (client) => {
      const answer = await client.send(new ConverseCommand({ modelId: CLAUDE, messages: HELLO }));

      assert.ok(client.config.requestHandler instanceof NodeHttp2Handler);
      assert.equal(answer.$metadata.httpStatusCode, 200);
      assert.match(answer.$metadata.requestId, UUID4);
      assert.equal(answer.output.message.role, "assistant");
      assert.ok(answer.output.message.content[0].text.trim());
      assert.equal(answer.stopReason, "end_turn");
      const { inputTokens, outputTokens, totalTokens } = answer.usage;
      assert.ok(inputTokens > 0 && outputTokens > 0);
      assert.equal(totalTokens, inputTokens + outputTokens);
      assert.ok(Number.isInteger(answer.metrics.latencyMs));
    }),
  );

  check(`converse-stream over http://, ${name}`, () =>
    withClient(config(), async (client) => {
      const whole = await client.send(new ConverseCommand({ modelId: CLAUDE, messages: STORY }));
      const streamed = await collect(await client.send(new ConverseStreamCommand({ modelId: CLAUDE, messages: STORY })));

      assert.match(streamed.names, TEXT_GRAMMAR);
      assert.equal(streamed.start.role, "assistant");
      assert.equal(streamed.text, whole.output.message.content[0].text);
      assert.equal(streamed.stop.stopReason, "end_turn");
      assert.equal(streamed.metadata.usage.outputTokens, whole.usage.outputTokens);
      assert.ok(Number.isInteger(streamed.metadata.metrics.latencyMs));
    }),
  );

  check(`every kind of model id, ${name}`, () =>
    withClient(config(), async (client) => {
      for (const modelId of [CLAUDE, CLAUDE_GLOBAL, PROFILE_ARN]) {
        const answer = await client.send(new ConverseCommand({ modelId, messages: HELLO }));
        assert.equal(answer.stopReason, "end_turn", modelId);
      }
    }),
  );

  check(`an unknown model is a ValidationException, ${name}`, () =>
    withClient(config(), async (client) => {
      for (const Command of [ConverseCommand, ConverseStreamCommand]) {
        const command = new Command({ modelId: "anthropic.no-such-model-v1:0", messages: HELLO });
        await assert.rejects(client.send(command), (error) => {
          assert.ok(error instanceof ValidationException, error);
          assert.equal(error.name, "ValidationException");
          assert.equal(error.message, "The provided model identifier is invalid.");
          assert.equal(error.$metadata.httpStatusCode, 400);
          assert.match(error.$metadata.requestId, UUID4);
          return true;
        });
      }
    }),
  );
}

check("the same over HTTP/1.1", () =>
  withClient({ ...keyPair(), requestHandler: new NodeHttpHandler() }, async (client) => {
    const streamed = await collect(await client.send(new ConverseStreamCommand({ modelId: CLAUDE, messages: HELLO })));
    assert.match(streamed.names, TEXT_GRAMMAR);
  }),
);

check("twelve digits are an access key", () =>
  withClient(keyPair("210987654321"), async (client) => {
    const answer = await client.send(new ConverseCommand({ modelId: CLAUDE, messages: HELLO }));
    assert.equal(answer.stopReason, "end_turn");
  }),
);

check("a broken constraint comes in the service's words", () =>
  withClient(keyPair(), async (client) => {
    const command = new ConverseCommand({ modelId: CLAUDE, messages: HELLO, inferenceConfig: { temperature: 2 } });
    await assert.rejects(client.send(command), (error) => {
      assert.ok(error instanceof ValidationException, error);
      assert.equal(
        error.message,
        "1 validation error detected: Value '2.0' at 'inferenceConfig.temperature' failed to satisfy constraint: " +
          "Member must have value less than or equal to 1",
      );
      return true;
    });
  }),
);

for (const [name, key, message] of [
  ["unknown", "ABSKbm90LWEta2V5", "Authentication failed: Please make sure your API Key is valid."],
  ["foreign", "sk-not-one-of-these", "Invalid API Key format: Must start with pre-defined prefix"],
]) {
  check(`a key that is ${name} is an AccessDeniedException`, () =>
    withClient(token(key), async (client) => {
      for (const Command of [ConverseCommand, ConverseStreamCommand]) {
        await assert.rejects(client.send(new Command({ modelId: CLAUDE, messages: HELLO })), (error) => {
          assert.ok(error instanceof AccessDeniedException, error);
          assert.ok(error instanceof BedrockRuntimeServiceException);
          assert.equal(error.message, message);
          assert.equal(error.$metadata.httpStatusCode, 403);
          return true;
        });
      }
    }),
  );
}

const INVALID_TOKEN = "The security token included in the request is invalid.";
for (const [name, credentials, kind, message] of [
  ["an unknown access key", { accessKeyId: "AKIDNOBODY", secretAccessKey: "test" }, "UnrecognizedClientException", INVALID_TOKEN],
  ["an unknown session token", { ...keyPair().credentials, sessionToken: "nobody-made-this" }, "UnrecognizedClientException", INVALID_TOKEN],
  ["a wrong secret", { accessKeyId: "test", secretAccessKey: "wrong" }, "InvalidSignatureException", "The request signature we calculated does not match"],
]) {
  check(`${name} is a ${kind}, over HTTP/2 and HTTP/1.1`, async () => {
    for (const requestHandler of [new NodeHttp2Handler(), new NodeHttpHandler()]) {
      await withClient({ credentials, requestHandler }, async (client) => {
        await assert.rejects(client.send(new ConverseCommand({ modelId: CLAUDE, messages: HELLO })), (error) => {
          assert.equal(error.name, kind);
          assert.ok(error.message.startsWith(message), error.message);
          assert.equal(error.$metadata.httpStatusCode, 403);
          return true;
        });
      });
    }
  });
}

check("a signature made hours ago is an InvalidSignatureException", () =>
  withClient({ ...keyPair(), systemClockOffset: -3 * 3600 * 1000 }, async (client) => {
    // The SDK learns the server's time from the refusal and would mend its next attempt.
    await assert.rejects(client.send(new ConverseCommand({ modelId: CLAUDE, messages: HELLO })), (error) => {
      assert.equal(error.name, "InvalidSignatureException");
      assert.match(error.message, /^Signature expired: \d{8}T\d{6}Z is now earlier than /);
      return true;
    });
  }),
);

check("short-term keys of Amazon's own generator", async () => {
  const { credentials } = keyPair();
  const made = await new BedrockTokenGenerator().getToken(credentials, "us-west-2");
  await withClient(token(made), async (client) => {
    const answer = await client.send(new ConverseCommand({ modelId: CLAUDE, messages: HELLO }));
    assert.equal(answer.stopReason, "end_turn");
  });
  const foreign = await new BedrockTokenGenerator().getToken({ ...credentials, secretAccessKey: "wrong" }, "us-west-2");
  await withClient(token(foreign), async (client) => {
    await assert.rejects(client.send(new ConverseCommand({ modelId: CLAUDE, messages: HELLO })), (error) => {
      assert.ok(error instanceof AccessDeniedException, error);
      assert.equal(error.message, "Authentication failed: Please make sure your API Key is valid.");
      return true;
    });
  });
});

check("20 streams at once on one client", () =>
  withClient(keyPair(), async (client) => {
    const ask = (text) =>
      client
        .send(new ConverseStreamCommand({ modelId: CLAUDE, messages: [{ role: "user", content: [{ text }] }] }))
        .then(collect);
    const questions = Array.from({ length: 20 }, (_, number) => `Tell me story number ${number}`);

    const parallel = await Promise.all(questions.map(ask));

    for (const [number, streamed] of parallel.entries()) {
      assert.match(streamed.names, TEXT_GRAMMAR, `stream ${number}`);
      assert.equal(streamed.stop.stopReason, "end_turn");
    }
    // Nothing of one stream may end up in another: alone, the last question gets the same answer.
    const alone = await ask(questions.at(-1));
    assert.equal(parallel.at(-1).text, alone.text);
  }),
);

check("a client that aborts in mid-stream leaves the server healthy", async () => {
  for (let round = 0; round < 5; round += 1) {
    await withClient(keyPair(), async (client) => {
      const abort = new AbortController();
      const answer = await client.send(new ConverseStreamCommand({ modelId: CLAUDE, messages: STORY }), {
        abortSignal: abort.signal,
      });
      let seen = 0;
      try {
        for await (const event of answer.stream) {
          assert.ok(event);
          seen += 1;
          abort.abort();
          if (seen === 2) break;
        }
      } catch (error) {
        // How the SDK words its own abort is not ours to judge.
        assert.ok(!(error instanceof assert.AssertionError), error);
      }
      assert.ok(seen > 0, "no event before the abort");
    });
  }
  await assertHealthy();
  await withClient(keyPair(), async (client) => {
    const streamed = await collect(await client.send(new ConverseStreamCommand({ modelId: CLAUDE, messages: STORY })));
    assert.match(streamed.names, TEXT_GRAMMAR);
  });
});

check("a connection closed in mid-stream leaves the server healthy", async () => {
  for (let round = 0; round < 5; round += 1) {
    await withClient(keyPair(), async (client) => {
      const answer = await client.send(new ConverseStreamCommand({ modelId: CLAUDE, messages: STORY }));
      for await (const event of answer.stream) {
        assert.ok(event);
        break;
      }
    });
  }
  await assertHealthy();
});

const transports = [
  ["http://", () => server.http, {}, "key pair"],
  ["http://", () => server.http, {}, "bearer token"],
  ["https://", () => server.https, { ca: true }, "key pair"],
  ["https://", () => server.https, { ca: true }, "bearer token"],
];
for (const [scheme, endpoint, { ca }, kind] of transports) {
  check(`a program set up by its environment alone, ${scheme}, ${kind}`, async () => {
    const env = { ...cleanEnvironment(), AWS_REGION: "us-west-2", AWS_ENDPOINT_URL_BEDROCK_RUNTIME: endpoint() };
    if (ca) env.NODE_EXTRA_CA_CERTS = server.caBundle;
    if (kind === "bearer token") env.AWS_BEARER_TOKEN_BEDROCK = server.apiKey;
    else Object.assign(env, { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" });

    const program = fileURLToPath(new URL("./plain-program.mjs", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [program], { env, timeout: TEST_TIMEOUT_MS });
    const said = JSON.parse(stdout);

    assert.equal(said.handler, "NodeHttp2Handler");
    assert.equal(said.stopReason, "end_turn");
    assert.ok(said.text.trim());
    assert.equal(said.streamed, said.text);
    assert.match(said.events.join(" "), TEXT_GRAMMAR);
  });
}
