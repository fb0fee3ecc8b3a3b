export declare function mergeProto(base: string, fragment: string): string;
export declare function importsOf(text: string): string[];
