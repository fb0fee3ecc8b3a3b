// Asks the service of this container whether it is ready. Exit code 0 when it is.
const url = process.argv[2] ?? 'http://127.0.0.1:15014/readyz';
const answer = await fetch(url, { signal: AbortSignal.timeout(4000) }).catch((error) => ({
  status: 0,
  text: () => String(error.cause ?? error),
}));
process.stdout.write(`${answer.status} ${await answer.text()}\n`);
process.exit(answer.status === 200 ? 0 : 1);
