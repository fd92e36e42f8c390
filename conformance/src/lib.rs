//! Judges servers of Amazon Bedrock.
//!
//! What is expected comes from the service models and from recorded answers of the real service,
//! which this crate reads from `bedrock-fixtures`. It shares no code with any server it judges.
//!
//! ```sh
//! bedrock-conformance run                                  # bedrock-mock, all cases
//! bedrock-conformance run converse errors/blank-text       # ids or their beginnings; a whole id alone
//! bedrock-conformance run --target url --url http://localhost:8080 --role text-cheap=my-model
//! bedrock-conformance plan --target aws                    # what it would cost; runs nothing
//! bedrock-conformance run --target aws --max-usd 0.10
//! ```
//!
//! | step | module |
//! |---|---|
//! | read cases, with line and column in every complaint | [`spanned`], [`case`] |
//! | start or find the target, check its claims | [`server`], [`run`] |
//! | `${…}` → values; operation → request; credentials | [`template`], [`model`], [`sign`] |
//! | send, and see heads, chunks and frames as they come | [`wire`] |
//! | six parts of the answer → findings | [`judge`], [`pattern`] |
//! | events, deviations, exit code | [`run`], [`exit_codes`] |
//! | what differs by chance → tokens, so that runs and targets can be compared | [`normalize`] |
//! | everything people read | [`report`] |
//!
//! # Writing a case
//!
//! A case is one JSON file below `conformance/cases/`; its id is its path without suffix. Nothing
//! else has to be touched. `bedrock-conformance check conformance/cases` reads them all, and
//! `run --cases conformance/cases ID` runs one without a rebuild. `cases/case.schema.json` is the
//! JSON Schema for editors. Names: words in lower case with dashes, at least one folder; an id is
//! never used again for another meaning.
//!
//! ```json
//! {
//!   "title": "Blank text is refused with its place",
//!   "why": "Empty user input is a common mistake; people recognise it by these words.",
//!   "basis": {"kind": "observed", "date": "2026-11-22"},
//!   "refs": [{"error": "runtime.blank-text"}, {"model": "ContentBlock.text"}],
//!   "params": [{"name": "empty", "text": ""}, {"name": "spaces", "text": "  "}],
//!   "steps": [
//!     {
//!       "send": {"op": "Converse", "input": {
//!         "modelId": "${role.text-cheap}",
//!         "messages": [{"role": "user", "content": [{"text": "${row.text}"}]}]}},
//!       "expect": {"error": {"row": "runtime.blank-text", "with": {"message": 0, "block": 0}}}
//!     }
//!   ]
//! }
//! ```
//!
//! `cargo test` runs each case on bedrock-mock and compares its exchanges with its file in
//! `conformance/snapshots/`. A new case gets its snapshot by `INSTA_UPDATE=always cargo test -p
//! bedrock-conformance --test it cases_on_mock`; look at what changed before you commit it.
//!
//! ## The case
//!
//! | member | |
//! |---|---|
//! | `title`, `why` | needed; `why` says what would break for a user |
//! | `basis` | needed: `kind` is `observed`, `documented`, `modelled` or `assumed`; the first two need `date` (`YYYY-MM-DD`, the day of the last look); `region`, `model`, `recording` say more. A case cannot be surer than the error rows that it expects |
//! | `refs` | list of `{KIND: TO}`: `model` (`Shape`, `Shape.member` or operation), `error` (row id), `header`, `recording`, `doc`, `issue`. The audit reads `model`, `error` and `header` |
//! | `level` | `must` (default), `should`, `may`, `info` (never a failure) |
//! | `needs` | capabilities beyond those that its operations and credentials imply; `bedrock-conformance words` lists them |
//! | `billable` | `{"max_in", "max_out"}` tokens of one row at most; needed where the real service bills a step |
//! | `params` | rows, each with a `name`; `${row.X}` is replaced by the row's X wherever it stands, whatever X is: text, number, object. A row can so hold a whole `send` or `expect` |
//! | `steps` | needed: exchanges in order, each `{send, expect, save, without}` |
//! | `cleanup` | steps that run at the end whatever came before; one that needs a value that was never saved is left out |
//! | `mutant` | name of the mock's fault that must make the case fail |
//!
//! ## `send`
//!
//! Either an operation of a service model, bound by the model and never validated:
//! `{"op": "InvokeModel", "input": {"modelId": …, "body": {…}}}` (a blob payload takes text, or
//! anything else as compact JSON; query services get their form) — or bytes of your own:
//! `{"method": "POST", "path": "/model/${role.text-cheap|path}/converse", "json": {…}}` with
//! `json`, `text`, `base64` or no body, and `"service"` if it is not `bedrock-runtime`. Raw JSON
//! bodies get `Content-Type: application/json`, other raw bodies no type.
//!
//! | member | |
//! |---|---|
//! | `as` | `"default"` (what the target prefers; a signature for query services), `"bearer"`, `"sigv4"`, `"presigned"`, `"none"`; or `{"scheme": "bearer", "token": T}`, `{"scheme": "header", "value": V}`, `{"scheme": "sigv4", …}`, `{"scheme": "presigned", "expires_s": N, …}` with `access_key`, `secret`, `token`, `region`, `service`, `skew_s` (the signer's clock is ahead so much), `unsigned` (headers that are sent but not signed) |
//! | `headers` | name → value, list of values (sent as lines of their own), or `null` to leave out what would be sent |
//! | `framing` | `"length"` (default) or `"chunked"` |
//! | `drip` | the request is written in pieces of so many bytes |
//! | `reuse` | the connection of the step before is used again |
//! | `unknown` | JSON pointers to members of `input` that the model does not have, and that are meant; `check` warns of others |
//!
//! In inputs and JSON bodies `{"$absent": true}` leaves a member out and `{"$repeat": [X, N]}` is
//! a text N times over, or a list of N times X. `${…}` is told in [`template`]; roles stand for
//! model ids, so that cases outlive models. Name an id only where the id is the point.
//!
//! ## `expect`
//!
//! `status` or `error` is needed. Each part is judged alone; patterns are told in [`pattern`].
//!
//! | member | part | |
//! |---|---|---|
//! | `status` | status | a number or a matcher |
//! | `error` | status, headers, body | `"row.id"` or `{"row": ID, "with": {PLACEHOLDER: text or $regex}}`: status, whole `x-amzn-ErrorType`, casing of `message` and text of a row of `fixtures/errors` (`bedrock-conformance errors` lists them), XML for query services; or `{"type": T, "message": PATTERN}` |
//! | `headers` | headers | name (any case) → pattern; numbers may be compared as numbers; `{"$absent": true}` for none |
//! | `header_names` | headers | all names, in this order and case. Where the target's `form` is not `exact`, only that names which clients read (`Content-Type`, `x-amzn-…`) are there; the rest is told at the level `info` |
//! | `body` | body | pattern of the JSON, or of a query service's XML read as JSON |
//! | `absent` | body | JSON pointers to what must not be there |
//! | `sorted_keys` | body | names are in alphabetical order at every depth |
//! | `text` | body | pattern of the body's text |
//! | `stream` | stream | see below |
//! | `end` | end | `"clean"`, `"exception"` (an exception is the last event) or `"cut"` |
//! | `keep_alive` | end | whether the connection stays open |
//! | `timing` | timing | `total_below_ms`, `first_byte_below_ms`, `incremental` (the first event comes before the last byte) |
//!
//! `stream` is `{"of", "grammar", "events", "joined"}`. `of`: `events` (default), `chunks` (the
//! provider's JSON inside InvokeModelWithResponseStream's chunks, named by its `type`, else by its
//! first member) or `sse`. `grammar`: names, `( ) | ? * +`, `.` for any, as in
//! `messageStart (contentBlockStart? contentBlockDelta+ contentBlockStop)+ messageStop metadata`.
//! `events`: `[{"name", "which", "body"}]`, `which` being `first` (default), `last`, `each`,
//! `any`, `no` or a number from 0. `joined`: `{"/delta/text": PATTERN}` of the texts at that
//! pointer in all events, joined.
//!
//! ## Automatic checks
//!
//! Every exchange gets these for free, by the operation that the request means:
//! `status` (of success, or of the error's shape), `request-id`, `content-type`, `error-type` (one
//! of the operation's or of the front door's), `shape` (types, required and unknown members of the
//! body or of each event, by the model and its overlay), `frames` (checksums, headers, names that
//! the model has), `whole` (the answer ends as its head promised). A step can leave one out with a
//! reason: `"without": {"request-id": "health checks have none"}`.
//!
//! ## Saving
//!
//! `"save": {"arn": "/inferenceProfileArn", "id": "header:x-amzn-RequestId"}` makes `${saved.arn}`
//! for later steps. Name what you make with `${unique}` and take it away in `cleanup`: cases run
//! side by side, in one account.
//!
//! # Targets
//!
//! `conformance/targets/NAME.json` says how a server is reached (`spawn`, `url`, `aws`), its
//! region, where its credentials come from, which models play which roles, and what it claims to
//! be able to do. A claim is checked by the case `smoke/CAPABILITY` before anything else runs, by what
//! the case itself expects and nothing else. A case that needs what a target does not claim is
//! skipped, and the summary says so. `counts` lists the kinds of basis whose failures are failures:
//! without `assumed`, our guesses are only told.
//!
//! | member | |
//! |---|---|
//! | `timeout_ms` | how long the next byte may take; 30 s |
//! | `deadline_ms` | how long a whole exchange may take, streams too; 60 s |
//! | `form` | `exact`: order and case of heads, further headers, and the order of members in JSON bind (`spawn` and `aws`); `names`: only names that clients read do (`url`), the rest stands beside verdicts that pass. What servers say of their connection and of themselves (`Connection`, `Keep-Alive`, `Server`, `Date`) goes with the order |
//! | `version` | of `spawn`: program and arguments that print its version, which tells shards of one run from others |
//! | `operations` | cases are derived from the service model for these; `--derived` derives them for any target |
//!
//! A target that lets three exchanges in a row pass without an end has stopped answering: the run
//! stops and exits 3. A program that the suite starts must say within 20 s where it listens, and ends
//! with the suite, whatever ends that.
//!
//! # Money and haste
//!
//! What a row can cost at most is charged before it is sent, each time it is sent, and settled by the
//! usage that its answers tell, whatever the row is said to cost. A run that cannot afford the next
//! row stops, and so does one that spent more than it may, at once: both exit 5. One answer can always
//! cost more than what is left; no suite can know before it comes.
//!
//! Only the service's own refusal of too many requests (429, JSON, `ThrottlingException`, a
//! `message`; of the real service also its 503) excuses a row, unless the row asks for it; any other
//! 429 is judged. A refused row is asked for once more after 2 s, then it is inconclusive. A run with
//! such a row, or in which nothing was as expected, exits 7; after five in a row it stops.
//!
//! # Deviations
//!
//! `conformance/data/deviations/TARGET.json` lists `{case, part, path, outcome, rate, reason, link, since,
//! until}`. They are strict: a row in which an entry excuses nothing, an entry that no case matches, a
//! day that is past — each makes the run fail. `data/case-doubts.json` lists cases that may be wrong
//! themselves, which is another thing.
//!
//! An entry without `part` is for all of them, and is strict too. `path` excuses what is found there
//! or below (`/usage` takes `/usage/inputTokens`, not `/usages`); other findings of the part still
//! fail. A step without an answer is a matter of the part `end`. `outcome` is `fails`; `flaky`, with a
//! `rate` over 0 and below 1, for servers that the suite does not start; or `unsupported`: the row is
//! sent all the same and skipped if anything is wrong, so that it is noticed when nothing is.
//! `replay --deviations` takes such a file with ids of recordings.

//!
//! # Rooms
//!
//! Imports run down this list and never up; `layers.rs` tests it.
//!
//! 1. [`cli`] — the command line
//! 2. [`replay`] — recorded exchanges, sent again
//! 3. [`report`] — what people read, made of a run's events
//! 4. [`audit`] — what of the service models no case names
//! 5. [`run`] — plans rows, sends them and turns findings into verdicts
//! 6. [`judge`] — compares one answer with what its step expects
//! 7. [`derive`] — makes cases from the service models
//! 8. [`server`] — target files; starts or finds the target
//! 9. [`case`] — the case format
//! 10. [`pattern`] — patterns of JSON values
//! 11. [`normalize`] — replaces by tokens what differs by chance
//! 12. [`wire`] — sends bytes and reads answers as they come
//! 13. [`template`] — `${…}` in strings
//! 14. [`reference_data`] — models, overlay and error texts together
//! 15. [`sign`] — request signatures
//! 16. [`model`] — the service models
//! 17. [`spanned`] — JSON values with their places in a file
//! 18. [`shell`] — words quoted for a shell
//! 19. `suggest` — did you mean …
//! 20. [`percent`] — percent-encoding
//! 21. `digest` — SHA-256 and hexadecimal
//! 22. [`exit_codes`] — how the program exits
//! 23. `embedded` — files inside the program

pub mod audit;
pub mod case;
pub mod cli;
pub mod derive;
mod digest;
pub mod embedded;
pub mod exit_codes;
pub mod judge;
#[cfg(test)]
mod layers;
pub mod model;
pub mod normalize;
pub mod pattern;
pub mod percent;
pub mod reference_data;
pub mod replay;
pub mod report;
pub mod run;
pub mod server;
pub mod shell;
pub mod sign;
pub mod spanned;
mod suggest;
pub mod template;
pub mod wire;
