/** How far apart two processes may write down what happened at once. */
export const SLACK_MS = 50;
