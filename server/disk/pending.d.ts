/** Notes work on the disk until it has come back. */
export declare function tracked<T>(work: Promise<T>): Promise<T>;
/**
 * Lets the program end although the disk hangs. Node waits at its exit for every thread that still reads, for ever if need
 * be; then only a signal helps. To be called once, by a program that nobody loses anything by.
 */
export declare function endThoughDiskHangs(): void;
