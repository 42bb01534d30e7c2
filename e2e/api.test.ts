// The API against its own description: whatever is sent, no server error and no answer that is not described; and
// whatever was done, the journal verifies.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, test } from "node:test";
import { asPost, openAccount } from "./accounts.ts";
import { database, type Program, run, startLive } from "./program.ts";

let program: Program;
let token: string;

before(async () => {
	program = await startLive();
	await openAccount(program, "kasi-telematika");
	const asked = ["token", "issue", "--label", "uji", "--scope", "act"];
	({ token } = (await asPost(program, "kasi-telematika", asked)) as { token: string });
});

after(async () => {
	await program?.stop();
});

test("the API keeps what it describes", { timeout: 300_000 }, async () => {
	const tester = process.env.SCHEMATHESIS;
	assert.ok(tester, "SCHEMATHESIS names the tester of the API: scripts/test browser installs it");
	// One worker: Python 3.11 counts the depth of its parser for all threads together, and stumbles over two.
	const args = ["run", `${program.address}/api/v1/openapi.json`, "--no-color", "--workers", "1"];
	args.push("--header", `Authorization: Bearer ${token}`);
	args.push("--phases", "examples,coverage,fuzzing", "--max-examples", "5");
	args.push("--generation-deterministic", "--continue-on-failure", "--request-timeout", "20");
	const checks = ["not_a_server_error", "status_code_conformance", "content_type_conformance"];
	checks.push("response_headers_conformance", "response_schema_conformance");
	args.push("--checks", checks.join(","));
	const said: string[] = [];
	const child = spawn(tester, args, { cwd: program.data, stdio: ["ignore", "pipe", "pipe"] });
	for (const stream of [child.stdout, child.stderr]) {
		stream.on("data", (chunk) => said.push(String(chunk)));
	}
	const code = await new Promise((resolve) => child.on("close", resolve));
	const told = said.join("");
	assert.equal(code, 0, told);
	// All of it was tried, and much of it.
	assert.match(told, /Selected: (\d+)\/\1/);
	assert.ok(Number(/(\d+) generated/.exec(told)?.[1]) > 5000, told.slice(-2000));
	await run(["--database", database(program.data), "journal", "verify", "--deep"]);
});
