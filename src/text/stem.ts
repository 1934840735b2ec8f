/** English words without their endings: irregular forms from a list, the rest by Porter2 (snowballstem.org). */

import { stem } from 'porter2';

const STEMMABLE = /^[a-z]{3,32}$/;
/** Texts repeat their words: most stems are looked up. Emptied when full, which costs nothing noticeable. */
const MAX_KNOWN = 20_000;
const known = new Map<string, string>();

/** The word, then the forms that the algorithm does not lead back to it. */
const IRREGULAR = `
begin began begun;break broke broken;bring brought;build built;buy bought;catch caught;choose chose chosen;come came
cut cutting;deal dealt;draw drew drawn;drive drove driven;eat ate eaten;fall fell fallen;feel felt;fight fought
find found;forget forgot forgotten;freeze froze frozen;get got gotten;give gave given;go went gone;grow grew grown
hang hung;hear heard;hide hid hidden;hold held;keep kept;know knew known;lead led;leave left;lend lent;lose lost
make made;mean meant;meet met;pay paid;read reading;ring rang rung;rise rose risen;run ran running;say said;see saw seen
sell sold;send sent;shake shook shaken;shrink shrank shrunk;sink sank sunk;sleep slept;speak spoke spoken;spend spent
spin spun;split splitting;stand stood;steal stole stolen;stick stuck;swap swapped;take took taken;teach taught
tell told;think thought;throw threw thrown;understand understood;wake woke woken;wear wore worn;win won;write wrote written
index indices indexes;matrix matrices;vertex vertices;person people;child children;man men;woman women;analysis analyses
bad worse worst;good better best;decide decision decided;fail failure failed;expire expiry expiration expired
renew renewal;approve approval;remove removal;refuse refusal;arrive arrival;recover recovery;discover discovery
deliver delivery;succeed success succeeded;maintain maintenance;retain retention;divide division;receive receipt
explain explanation;describe description;subscribe subscription;choice choices;grow growth;deep depth;long length
high height;wide width;strong strength;weigh weight;respond response;defend defence defense;behave behaviour behavior
pronounce pronunciation;synchronise synchronize synchronisation synchronization sync syncs synced
authenticate authentication authenticated;anonymise anonymize anonymisation anonymized;optimise optimize optimisation
`;

const bases = new Map(
  IRREGULAR.trim()
    .split(/[;\n]/)
    .flatMap((line) => {
      const [base = '', ...forms] = line.split(' ');
      return forms.map((form): [string, string] => [form, base]);
    }),
);

/** @param word in lower case; what is not a word of letters `a` to `z` stays as it is */
export function stemEnglish(word: string): string {
  const found = known.get(word);
  if (found !== undefined) return found;
  const made = STEMMABLE.test(word) ? stem(bases.get(word) ?? word) : word;
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(word, made);
  return made;
}
