import fc from "fast-check";

/** How to make a value anew for each try: many of them change when they are looked at. */
export interface Recipe<T = unknown> {
  readonly name: string;
  readonly make: () => T;
}

/** A recipe that fast-check prints by its name. */
export function recipe<T>(name: string, make: () => T): Recipe<T> {
  return Object.assign(Object.create({ [fc.toStringMethod]: () => name }) as object, {
    name,
    make,
  });
}

/** Recipes by name, as an arbitrary. */
export function oneOf<T>(made: Readonly<Record<string, () => T>>): fc.Arbitrary<Recipe<T>> {
  return fc.constantFrom(...Object.entries(made).map(([name, make]) => recipe(name, make)));
}
