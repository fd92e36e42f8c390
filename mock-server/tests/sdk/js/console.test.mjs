// The console page in a real browser: what came in is listed as it comes, one request opens, its frames are decoded.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

import { startServer } from "./server.mjs";

// Pictures to look at, of the last run.
const SHOTS = resolve(fileURLToPath(import.meta.url), "../../../../../target/console");
const MODEL = "us.anthropic.claude-sonnet-5";
const HELLO = JSON.stringify({ messages: [{ role: "user", content: [{ text: "Hello" }] }] });
// A browser as root, and one that asks nobody but the mock.
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

let server, browser;

before(async () => {
  server = await startServer("--control-token", "open-sesame");
  const executablePath = process.env.CHROMIUM || "/usr/bin/chromium";
  browser = await chromium.launch({ executablePath, args: FLAGS });
  await mkdir(SHOTS, { recursive: true });
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

function converse(path = "converse", model = MODEL) {
  const headers = { authorization: `Bearer ${server.apiKey}`, "content-type": "application/json" };
  return fetch(`${server.http}/model/${model}/${path}`, { method: "POST", headers, body: HELLO }).then((r) => r.arrayBuffer());
}

function control(method, path, body) {
  return fetch(`${server.http}/_mock/${path}`, { method, body, headers: { "x-mock-token": "open-sesame" } });
}

/** A page that has been let in; whatever goes wrong in it fails the test. */
async function open(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, permissions: ["clipboard-read", "clipboard-write"], ...options });
  const page = await context.newPage();
  page.broken = [];
  page.on("pageerror", (error) => page.broken.push(error.message));
  page.on("request", (request) => { if (!request.url().startsWith(server.http)) page.broken.push(`asks ${request.url()}`); });
  await page.goto(`${server.http}/_mock/`);
  await page.locator("#unlock input").fill("open-sesame");
  await page.locator("#unlock button").click();
  await page.locator("#live.on").waitFor();
  return page;
}

const rows = (page) => page.locator("#rows tr");

test("requests are listed as they come, and one opens", async () => {
  await control("POST", "reset");
  const page = await open();
  assert.equal(await rows(page).count(), 0);
  await converse();
  await rows(page).filter({ hasText: "Converse" }).waitFor();
  await converse("converse", "no.such-model");
  const refused = rows(page).filter({ hasText: "400" });
  await refused.click();
  const detail = page.locator("#detail");
  await detail.getByText("ValidationException: The provided model identifier is invalid.").waitFor();
  await detail.getByRole("button", { name: "copy curl" }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /^curl -sS -X POST '.*\/model\/no\.such-model\/converse' -H "Authorization: Bearer \$AWS_BEARER_TOKEN_BEDROCK"/);
  assert.doesNotMatch(await page.content(), new RegExp(server.apiKey.slice(0, 24)));
  await page.screenshot({ path: `${SHOTS}/refused.png` });
  await page.keyboard.press("Escape");
  await detail.waitFor({ state: "hidden" });
  assert.deepEqual(page.broken, []);
});

test("a stream opens to its events and their frames", async () => {
  await control("POST", "reset");
  const page = await open();
  await converse("converse-stream");
  await rows(page).filter({ hasText: "ConverseStream" }).click();
  const frames = page.locator("details.frame");
  const names = await frames.locator("summary b").allTextContents();
  assert.deepEqual([names[0], names.at(-1)], ["messageStart", "metadata"]);
  assert.ok(names.filter((n) => n === "contentBlockDelta").length > 2, String(names));
  assert.equal(await page.getByText("bad checksum").count(), 0);
  await frames.first().locator("summary").click();
  const hex = await frames.first().locator("pre.hex").textContent();
  assert.match(hex, /^0000 {2}00 00 00 [0-9a-f]{2} 00 00 00/);
  assert.match(hex, /65 76 {2}.*:ev$/m);
  const at = await frames.last().locator(".at").textContent();
  assert.match(at, /^[\d.]+ ms$/);
  await page.getByRole("button", { name: "copy as scenario" }).click();
  const scenario = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  assert.equal((await control("PUT", "scenarios", JSON.stringify(scenario))).status, 200);
  await page.screenshot({ path: `${SHOTS}/stream.png` });
  assert.deepEqual(page.broken, []);
});

test("scenarios show their hits, accounts their keys and profiles", async () => {
  await control("POST", "reset");
  const said = { scenarios: [{ name: "greeting", match: { lastUser: "Hello" }, reply: { text: "<b>Hi</b>" } }] };
  assert.equal((await control("PUT", "scenarios", JSON.stringify(said))).status, 200);
  await converse();
  const headers = { authorization: `Bearer ${server.apiKey}`, "content-type": "application/json" };
  const body = JSON.stringify({ inferenceProfileName: "mine", modelSource: { copyFrom: "anthropic.claude-3-haiku-20240307-v1:0" } });
  const made = await (await fetch(`${server.http}/inference-profiles`, { method: "POST", headers, body })).json();
  const page = await open();
  await page.getByRole("button", { name: "Scenarios" }).click();
  const card = page.locator("#scenario-list .card");
  await card.getByText("1 hit", { exact: false }).waitFor();
  // What a reply says is text, never markup.
  assert.match(await card.locator("pre").textContent(), /<b>Hi<\/b>/);
  await page.getByRole("button", { name: "Keys and profiles" }).click();
  await page.locator("#account-list").getByText(made.inferenceProfileArn).waitFor();
  await page.getByRole("button", { name: "Mint an account" }).click();
  await page.locator("#minted code").filter({ hasText: /^ABSK/ }).waitFor();
  await page.screenshot({ path: `${SHOTS}/accounts.png` });
  assert.deepEqual(page.broken, []);
});

test("it fits a phone, and the dark", async () => {
  await control("POST", "reset");
  await converse("converse-stream");
  const page = await open({ viewport: { width: 390, height: 844 }, colorScheme: "dark", hasTouch: true, isMobile: true });
  await rows(page).first().tap();
  await page.locator("details.frame").first().waitFor();
  await page.screenshot({ path: `${SHOTS}/phone.png` });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(overflow <= 0, `${overflow} pixels stick out`);
  const shade = (text) => text.match(/\d+/g).slice(0, 3).reduce((sum, n) => sum + Number(n), 0);
  const [ink, paper] = await page.evaluate(() => { const s = getComputedStyle(document.body); return [s.color, s.backgroundColor]; });
  assert.ok(shade(ink) > 600 && shade(paper) < 150, `${ink} on ${paper}`);
  await page.getByRole("button", { name: "close" }).tap();
  await page.locator("#detail").waitFor({ state: "hidden" });
  assert.deepEqual(page.broken, []);
});
