import { RE2JS, RE2JSException } from 're2js';
import { Fault } from './fault.ts';

/**
 * A search for the pattern anywhere in a text, with RE2 syntax and linear time (patterns written by users never become a
 * JavaScript RegExp). A pattern that does not compile is a fault with RE2's message.
 */
export function regexMatcher(pattern: string): ((text: string) => boolean) | Fault {
  try {
    const regex = RE2JS.compile(pattern);
    return (text) => regex.test(text);
  } catch (error) {
    if (error instanceof RE2JSException) return new Fault(error.message);
    throw error;
  }
}
