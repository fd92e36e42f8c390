// One server for the run, started from the built binary and described by its own output.

import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { openSync, closeSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const REPOSITORY = resolve(dirname(fileURLToPath(import.meta.url)), "../../../..");
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 15_000;

/** The environment without anything that AWS clients or the mock would read. */
export function cleanEnvironment() {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|BEDROCK_MOCK_|NODE_EXTRA_CA_CERTS)/.test(name));
  return {
    ...Object.fromEntries(kept),
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    NO_PROXY: "*",
    // Which Node.js the SDK will ask for next year is not what these tests are about.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  };
}

/** Starts the server, with more flags if need be; resolves once it has said where it listens and which key to paste. */
export async function startServer(...flags) {
  const binary = resolve(process.env.BEDROCK_MOCK_BIN || join(REPOSITORY, "target/debug/bedrock-mock"));
  const work = await mkdtemp(join(tmpdir(), "bedrock-mock-js-"));
  const caDir = join(work, "ca");
  const log = join(work, "stderr.log");
  const stderr = openSync(log, "w");
  const child = spawn(binary, ["serve", "--port", "0", "--self-check", "--ca-dir", caDir, ...flags], {
    cwd: work,
    env: cleanEnvironment(),
    stdio: ["ignore", "pipe", stderr],
  });
  closeSync(stderr);

  const exited = new Promise((settle) => {
    child.once("error", (error) => settle({ error }));
    child.once("exit", (code, signal) => settle({ code, signal }));
  });

  // The reader stays on for the whole run, so that the server can never block on a full pipe.
  const seen = [];
  const started = new Promise((settle) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      seen.push(line);
      const key = /AWS_BEARER_TOKEN_BEDROCK=['"]?([^\s'"]+)/.exec(line);
      if (key) settle(key[1]);
    });
  });

  const apiKey = await Promise.race([started, exited.then(() => undefined), timeout(START_TIMEOUT_MS)]);
  const listening = /^bedrock-mock listening on http:\/\/([0-9.]+):(\d+)$/.exec(seen[0] ?? "");
  if (!apiKey || !listening) {
    child.kill("SIGKILL");
    const said = `stdout: ${JSON.stringify(seen)}\nstderr: ${await readFile(log, "utf8")}`;
    throw new Error(`${binary} did not start as expected (${JSON.stringify(await exited)})\n${said}`);
  }

  const [, host, port] = listening;
  return {
    http: `http://${host}:${port}`,
    https: `https://localhost:${port}`,
    apiKey,
    caBundle: join(caDir, "ca.pem"),

    /** Asks it to stop; the exit code tells whether it did so cleanly. */
    async stop() {
      child.kill("SIGTERM");
      const end = await Promise.race([exited, timeout(STOP_TIMEOUT_MS)]);
      if (!end) {
        child.kill("SIGKILL");
        await exited;
      }
      const text = await readFile(log, "utf8");
      await rm(work, { recursive: true, force: true });
      if (end?.code !== 0) {
        throw new Error(`after SIGTERM: ${end ? JSON.stringify(end) : "had to be killed"}\nstderr: ${text}`);
      }
    },
  };
}

function timeout(ms) {
  return new Promise((settle) => setTimeout(settle, ms).unref());
}

/** Gives an account its scenarios. */
export async function putScenarios(server, account, scenarios) {
  const answer = await fetch(`${server.http}/_mock/scenarios?account=${account}`, {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ scenarios }),
  });
  if (!answer.ok) throw new Error(`scenarios: ${await answer.text()}`);
}
