// Runs a program of this checkout with the pinned Node, after installing what is missing.
// It is plain JavaScript for the oldest Node that may start it, and uses nothing that needs an install.
//   node services/cli/bin/with-node.mjs FILE [ARGUMENT...]
//   node services/cli/bin/with-node.mjs --install-only
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const node = join(root, 'node_modules/node/bin/node');
const stamp = join(root, 'node_modules/.quintet-installed');

/** What the last install was made from: the lock file and the list of packages. */
function wanted() {
  const hash = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']) {
    hash.update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

function installed() {
  return existsSync(node) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted();
}

/** Installs from the lock file. Ends the process with a clear line when that fails. */
function install() {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  process.stderr.write('quintet: installing dependencies (first run or changed lock file) ...\n');
  const result = spawnSync(
    'npx',
    ['-y', `pnpm@${manifest.engines.pnpm}`, 'install', '--frozen-lockfile', '--config.engine-strict=false'],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
      maxBuffer: 64 << 20,
    },
  );
  if (result.error) {
    process.stderr.write(`quintet: cannot run npx (${result.error.message}); npm must be installed\n`);
    process.exit(1);
  }
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout}${result.stderr}quintet: installing dependencies failed\n`);
    process.exit(1);
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted());
}

/** This process's parent and, where the system tells, the parent's parent: a number changes when one of them dies. */
function ancestors() {
  try {
    // The fields after the name, which stands in parentheses and may hold anything: state, parent ...
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    return `${process.ppid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]}`;
  } catch {
    return `${process.ppid}`;
  }
}

if (!installed()) install();

const [file, ...rest] = process.argv.slice(2);
if (file === '--install-only') process.exit(0);
const program = resolve(root, file);
const { QUINTET_STARTER_FD: _, ...env } = process.env;
env.INIT_CWD ??= process.cwd();
const stdio = ['inherit', 'inherit', 'inherit'];
// The fourth stream is a pipe that closes when this process ends, however it ends: our programs end then, too. A tool
// that was installed does not look at it, and would hand the number on to programs that do.
if (!relative(root, program).split(sep).includes('node_modules')) {
  stdio.push('pipe');
  env.QUINTET_STARTER_FD = '3';
  // Reading the sources is half of the time of a short command; what was read is kept for the next time.
  env.NODE_COMPILE_CACHE ??= join(root, 'node_modules/.cache/quintet-code');
}
const child = spawn(node, ['-C', 'development', program, ...rest], { stdio, env });
// The terminal signals the whole process group; the child decides when to end, this process waits for it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
}
// Under a package manager that is killed, this process would live on unseen. There may be a shell in between.
if (process.env.npm_lifecycle_event !== undefined) {
  const starters = ancestors();
  setInterval(() => {
    if (ancestors() !== starters) child.kill('SIGTERM');
  }, 500).unref();
}
child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1)));
