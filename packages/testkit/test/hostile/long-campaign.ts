/** For a long campaign: HOSTILE_RUNS=10000 HOSTILE_SEED=7. */
const { HOSTILE_RUNS, HOSTILE_SEED } = process.env;

export const longCampaign = {
  runs: Number(HOSTILE_RUNS ?? 40),
  seed: Number(HOSTILE_SEED ?? 1),
};
