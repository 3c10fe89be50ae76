/** One call that a process made of the kernel, and that came to something, in the order of all processes. */
export type DiskCall = Happened & {
  readonly path: string;
  /** By CLOCK_MONOTONIC, in milliseconds. */
  readonly at: number;
};

type Happened =
  | {
      readonly kind: "write";
      readonly inode: bigint;
      readonly offset: number;
      readonly data: Buffer;
    }
  | { readonly kind: "truncate"; readonly inode: bigint; readonly size: number }
  /** Of a file, or of a folder: then of the names in it. */
  | { readonly kind: "sync"; readonly inode: bigint }
  /** Numbers of inodes are given again once nothing has them any more. */
  | { readonly kind: "create"; readonly inode: bigint }
  | { readonly kind: "unlink" }
  | { readonly kind: "rename"; readonly inode: bigint; readonly to: string }
  | { readonly kind: "make folder" };
