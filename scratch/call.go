package scratch

// Calls is how many calls a card to listen to has.
const Calls = 8

// Voice is a kind of call. Hens are what the person listens for. The next
// five are birds whose calls need an ear; the last five are plainly something
// else.
type Voice uint8

// The voices a listening card can hold.
const (
	Cluck  Voice = iota // a hen: bok bok ba-gawk
	Quack               // a duck
	Coo                 // a dove
	Gobble              // a turkey
	Honk                // a goose
	Caw                 // a crow
	Hoot                // an owl
	Bark                // a dog
	Bleat               // a sheep
	Meow                // a cat
	Moo                 // a cow
	voiceCount
)

var voiceNames = [voiceCount]string{"cluck", "quack", "coo", "gobble", "honk", "caw", "hoot", "bark", "bleat", "meow", "moo"}

// String is the English name, for tools and tests; pages have their own words.
func (v Voice) String() string {
	if v < voiceCount {
		return voiceNames[v]
	}
	return "unknown"
}

// Voices are all voices, the hen's first.
func Voices() []Voice {
	out := make([]Voice, voiceCount)
	for i := range out {
		out[i] = Voice(i)
	}
	return out
}

// near tells whether the voice is a bird's that could be taken for a hen's.
func (v Voice) near() bool { return v >= Quack && v <= Caw }

// dealCalls chooses the voices of the calls 1 to 8 of a seed: two hens, one
// other voice twice, so that the only pair is no clue, four more; at least three
// near birds and two others among the six.
func dealCalls(seed []byte) [Calls]Voice {
	s := newStream(seed, "calls", []byte{Generator})
	for {
		hand := [Calls]Voice{Cluck, Cluck}
		for i, v := range s.Perm(int(voiceCount) - 1)[:Calls-3] {
			hand[2+i] = Voice(v + 1)
		}
		hand[Calls-1] = hand[2]
		near := 0
		for _, v := range hand {
			if v.near() {
				near++
			}
		}
		if near < 3 || Calls-2-near < 2 {
			continue
		}
		s.Shuffle(Calls, func(i, j int) { hand[i], hand[j] = hand[j], hand[i] })
		return hand
	}
}

// chickenCalls is the answer to a seed's calls: bit n-1 is call n.
func chickenCalls(seed []byte) Picks {
	var out Picks
	for i, v := range dealCalls(seed) {
		if v == Cluck {
			out |= 1 << i
		}
	}
	return out
}

// renderCall is call n, 1 to 8, of a seed as a WAV file. Slow is the same call
// at three fifths of its tempo and the same pitch.
func renderCall(seed []byte, n int, slow bool) []byte {
	return sound(dealCalls(seed)[n-1], newStream(seed, "call", []byte{Generator, byte(n)}), slow)
}

// Sample is a call of a voice as a WAV file (16 kHz, mono, 16 bits), for who
// wants to look at the calls or to train a machine on them. It is made as the
// calls of a card are, from a seed that no card has.
func Sample(v Voice, seed []byte, slow bool) []byte {
	return sound(v, newStream(seed, "sample", []byte{Generator, byte(v)}), slow)
}
