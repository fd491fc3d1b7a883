package scratch

// voices sing a call of k.seconds. Each draws all it varies from the singer's
// stream: pitch, size of the throat, tempo, number of syllables, breath.
var voices = [voiceCount]func(*singer){
	Cluck: cluck, Quack: quack, Coo: coo, Gobble: gobble, Honk: honk, Caw: caw,
	Hoot: hoot, Bark: bark, Bleat: bleat, Meow: meow, Moo: moo,
}

// about is a number near v, up to a part of it away.
func (k *singer) about(v, part float64) float32 { return float32(v * k.within(1-part, 1+part)) }

// span is how many syllables of about step seconds fill a time, from least to most.
func span(seconds, step float64, least, most int) int {
	return min(max(int(seconds/step+.5), least), most)
}

// struck is a loudness with a sudden begin: it falls as something struck does.
func struck(attack float32) course {
	return course{{0, 0}, {attack, 1}, {.45, .75}, {.75, .35}, {1, 0}}
}

// held is a loudness that stays up between a begin and an end, parts of the note.
func held(begin, end float32) course {
	return course{{0, 0}, {begin, .9}, {(begin + 1 - end) / 2, 1}, {1 - end, .8}, {1, 0}}
}
