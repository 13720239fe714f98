// The order of the story, and how it is told as tests.

/// The story from its beginning to its end.
export const STEPS = [
  ["a resident writes a micro-proposal, the committee publishes it", (story) => story.raise()],
  ["what is sent back is mended, what isn't for the hall is shown its way", (story) => story.decline()],
  ["neighbours co-sign, the threshold moves it on", (story) => story.cosign()],
  ["neighbours speak with a stance, the chair pins a summary", (story) => story.deliberate()],
  ["residents vote in secret, nobody sees a tally", (story) => story.vote()],
  ["the server counts, and anyone counts again", (story) => story.count()],
  ["the work is referred, reported, put on hold, resumed and done", (story) => story.work()],
  ["those who asked review it, the dissatisfied are followed up", (story) => story.review()],
  ["the timeline shows every step", (story) => story.timeline()],
  ["followers got mails, and can stop them", (story) => story.mails()],
  ["the audit chain is whole, and no page complained", (story) => story.clean()],
];

/// Goes through steps as subtests: `[what, step]`. A story can't go on after a step that failed.
export async function tell(t, steps) {
  let broken = false;
  for (const [what, step] of steps) {
    await t.test(what, { skip: broken }, async () => {
      broken = true;
      await step();
      broken = false;
    });
  }
}
