// Starts the real program on a port of its own, with the demo regency in a folder of its own.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const project = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where pictures and traces go; nothing there is kept in the repository. */
export const artifacts = join(project, "artifacts");

/** The program. */
export const binary = join(process.env.CARGO_TARGET_DIR ?? join(project, "target"), "debug", "rajut");

/** How long the program may take to fill the demo regency and to listen. */
const patience = 60_000;

export interface Program {
	/** `http://127.0.0.1:PORT`, or `https:` with a certificate, without a slash at the end. */
	address: string;
	/** The folder that holds its database. */
	data: string;
	/** What it has said on its terminal so far, line by line. */
	said: string[];
	/** Asks it to end, waits until it has, and removes the folder. Fails when it does not end well. */
	stop(): Promise<void>;
}

/** Runs `rajut serve --demo` and waits until it says where it listens. */
export async function startProgram(...more: string[]): Promise<Program> {
	const data = await mkdtemp(join(tmpdir(), "rajut-e2e-"));
	return started(data, ["serve", "--demo", "--listen", "127.0.0.1:0", "--data", data, ...more]);
}

/** The same where people have accounts, over a quarter that was played. Its devices stand nowhere: none is looked at. */
export async function startLive(): Promise<Program> {
	const data = await mkdtemp(join(tmpdir(), "rajut-e2e-"));
	await run(["demo", "--headless", "--out", data]);
	return started(data, ["--database", database(data), "serve", "--no-monitoring", "--listen", "127.0.0.1:0"]);
}

/** A program on a database that nobody has set up. */
export async function startEmpty(): Promise<Program> {
	const data = await mkdtemp(join(tmpdir(), "rajut-e2e-"));
	return started(data, ["--database", database(data), "serve", "--no-monitoring", "--listen", "127.0.0.1:0"]);
}

/** The database of a live program. */
export const database = (data: string) => `sqlite:${join(data, "demo.db")}`;

/** Runs the command line to its end and gives what it printed; fails where it ends badly. */
export function run(args: string[]): Promise<string> {
	return new Promise((resolve, reject) => {
		const child = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"] });
		let [out, err] = ["", ""];
		child.stdout.on("data", (chunk) => {
			out += chunk;
		});
		child.stderr.on("data", (chunk) => {
			err += chunk;
		});
		child.on("error", reject);
		child.on("close", (code) => {
			if (code === 0) resolve(out);
			else reject(new Error(`rajut ${args.join(" ")} ended with ${code}: ${err}`));
		});
	});
}

async function started(data: string, args: string[]): Promise<Program> {
	const child = spawn(binary, args, { stdio: ["ignore", "ignore", "pipe"] });
	const remove = () => rm(data, { recursive: true, force: true });
	try {
		const said: string[] = [];
		const address = await listening(child, said);
		return {
			address,
			data,
			said,
			async stop() {
				if (child.exitCode === null && child.signalCode === null) {
					const ended = once(child, "exit");
					child.kill("SIGTERM");
					await ended;
				}
				await remove();
				// It must end by itself and say that all is well: an administrator stops it in the same way.
				if (child.exitCode !== 0) {
					throw new Error(`rajut serve ended with ${child.exitCode ?? child.signalCode} when asked to stop`);
				}
			},
		};
	} catch (error) {
		child.kill("SIGKILL");
		await remove();
		throw error;
	}
}

/** Resolves with the address that the program prints on stderr; rejects with all it printed if it ends before. */
function listening(child: ChildProcess, said: string[]): Promise<string> {
	return new Promise((resolve, reject) => {
		const giveUp = (why: string) => reject(new Error(`rajut serve ${why}; it said:\n${said.join("\n")}`));
		const timer = setTimeout(() => giveUp(`did not listen within ${patience / 1000} s`), patience);
		child.on("error", (error) => giveUp(`could not be started (${error.message})`));
		child.on("exit", (code, signal) => {
			clearTimeout(timer);
			giveUp(`ended with ${code ?? signal}`);
		});
		if (!child.stderr) throw new Error("stderr is a pipe");
		createInterface(child.stderr).on("line", (line) => {
			said.push(line);
			const address = /listening on (https?:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
			if (address) {
				clearTimeout(timer);
				resolve(address);
			}
		});
	});
}
