import type { Command } from './command.ts';
import type { CommandEntry } from './commands/table.ts';

/** The list of commands. */
export function generalHelp(entries: readonly CommandEntry[]): string {
  const names = entries.map(({ words }) => words.join(' '));
  const width = Math.max(...names.map((name) => name.length));
  const rows = entries.map(({ summary }, index) => `  ${(names[index] ?? '').padEnd(width)}  ${summary}`);
  return `Usage: quintet COMMAND [flags]\n\nCommands:\n${rows.join('\n')}\n\nquintet COMMAND --help tells more about one.\n`;
}

/** Usage, description and flags of one command. */
export function commandHelp(command: Command): string {
  const flags = Object.entries(command.options).map(([name, option]) => {
    const short = option.short === undefined ? '' : `-${option.short}, `;
    const value = option.value === undefined ? '' : ` ${option.value}`;
    return { flag: `${short}--${name}${value}`, help: option.help };
  });
  const width = Math.max(0, ...flags.map(({ flag }) => flag.length));
  const rows = flags.map(({ flag, help }) => `  ${flag.padEnd(width)}  ${help}\n`);
  const list = rows.length === 0 ? '' : `\nFlags:\n${rows.join('')}`;
  return `Usage: quintet ${command.usage}\n\n${command.description}\n${list}`;
}
