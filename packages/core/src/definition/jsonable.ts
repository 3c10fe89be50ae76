/** `T` where JSON keeps it as it is; where it does not, a type that `T` is not assignable to. */
export type Jsonable<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null
    ? T
    : T extends bigint | symbol | void | Callable
      ? never
      : T extends readonly (infer I)[]
        ? JsonArray<I>
        : { [K in keyof T]: K extends symbol ? T[K] : Jsonable<T[K]> | Extract<T[K], undefined> };

/** An interface, because its items are looked into only when they are asked for: a recursive type has no end. */
interface JsonArray<I> extends ReadonlyArray<Jsonable<I>> {}

type Callable = (...given: never) => unknown;

/** Says where and why `T` is not {@link Jsonable}, in words for the compiler's message; never where it is. */
export type FaultOf<T, At extends string, Above extends readonly unknown[] = []> = [T] extends [
  Jsonable<T>,
]
  ? never
  : Above["length"] extends 5
    ? `${At} is something that JSON cannot keep`
    : T extends Jsonable<T>
      ? never
      : T extends bigint
        ? `${At} is a bigint, which JSON cannot keep`
        : T extends symbol
          ? `${At} is a symbol, which JSON cannot keep`
          : T extends void
            ? `${At} may be undefined, which JSON cannot keep`
            : T extends Callable
              ? `${At} is a function, which JSON cannot keep`
              : T extends readonly (infer I)[]
                ? FaultOf<I, `${At}[]`, [...Above, T]>
                : true extends HasFunctions<T>
                  ? `${At} has functions in it, like a Date, a Map or an instance of a class, and JSON cannot keep it`
                  : {
                      [K in Exclude<keyof T, symbol>]-?: FaultOf<
                        Exclude<T[K], undefined>,
                        `${At}.${K}`,
                        [...Above, T]
                      >;
                    }[Exclude<keyof T, symbol>];

type HasFunctions<T> = {
  [K in keyof T]-?: [Extract<T[K], Callable>] extends [never] ? false : true;
}[keyof T];
