package secret_test

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"

	"twohens/internal/secret"
)

// key is always the same one, so that no test depends on luck.
func key(t testing.TB) secret.Key {
	raw := make([]byte, secret.KeySize)
	for i := range raw {
		raw[i] = byte(i + 1)
	}
	k, err := secret.ParseKey([]byte(base64Of(raw)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// What is derived must stay the same over versions: codes on their way, links in mails, the tallies of decoys. The values were
// computed by another program, from the words of invariant 6.
func TestDerivationsStayTheSame(t *testing.T) {
	k := key(t)
	for digits, want := range map[int]string{
		6: "832940", 7: "4832940", 8: "54832940", 9: "554832940", 10: "4554832940", 11: "84554832940", 12: "984554832940",
	} {
		if got := k.Derive(digits, "recovery code", []byte("request"), []byte("nonce")).Reveal(); got != want {
			t.Errorf("%d digits: %s, want %s", digits, got, want)
		}
	}
	if got := k.Derive(8, "recovery code", []byte("28")).Reveal(); got != "00991343" {
		t.Errorf("R-30: leading zeros: %s", got)
	}
	mac := k.MAC("p", []byte("ab"), []byte("c"))
	if got := hex.EncodeToString(mac[:]); got != "2e9975d5fabb988052369a9dbdb88385bc13781c2d68c2dee20fdbb0dd5ab779" {
		t.Errorf("MAC: %s", got)
	}
	if got := k.DeriveOpaque("decoy account", []byte("ann@post.example")).Reveal(); got != "Z3TN-pthw5DuBkgkt0xAMA" {
		t.Errorf("opaque: %s", got)
	}
	if got := hex.EncodeToString(k.ForPurpose("codes").Bytes()); got != "0e3d4c49879f14e21f6866070e96f88e72fa20e0336d40e6bd1625c8f7ca9001" {
		t.Errorf("key of a purpose: %s", got)
	}
}

// uniform in every place, over the whole range, and from one code to the next, for every length. Key and fields are
// fixed, so this either passes always or never.
func TestUniform(t *testing.T) {
	k := key(t)
	const codes = 40_000
	for digits := secret.MinDigits; digits <= secret.MaxDigits; digits++ {
		places := make([][]int, digits) // how often each digit stands in each place
		for i := range places {
			places[i] = make([]int, 10)
		}
		pairs := make([]int, 100) // first and last digit together
		steps := make([]int, 10)  // from one code's last digit to the next one's
		var field [8]byte
		before := byte('0')
		for n := range uint64(codes) {
			binary.BigEndian.PutUint64(field[:], n)
			code := k.Derive(digits, "uniform", field[:]).Reveal()
			if len(code) != digits {
				t.Fatalf("%d digits: %q", digits, code)
			}
			for i := range digits {
				places[i][code[i]-'0']++
			}
			last := code[digits-1]
			pairs[int(code[0]-'0')*10+int(last-'0')]++
			steps[(last-before+10)%10]++
			before = last
		}
		// The bounds are exceeded by chance once in about 10^6 draws (chi-square, 9 and 99 degrees of freedom).
		for i := range places {
			if x := chiSquare(places[i]); x > 44.8 {
				t.Errorf("%d digits: place %d: chi-square %.1f, %v", digits, i, x, places[i])
			}
		}
		if x := chiSquare(steps); x > 44.8 {
			t.Errorf("%d digits: steps: chi-square %.1f, %v", digits, x, steps)
		}
		if x := chiSquare(pairs); x > 176 {
			t.Errorf("%d digits: pairs: chi-square %.1f", digits, x)
		}
	}
}

func chiSquare(counts []int) float64 {
	sum := 0
	for _, n := range counts {
		sum += n
	}
	expected, x := float64(sum)/float64(len(counts)), 0.0
	for _, n := range counts {
		x += (float64(n) - expected) * (float64(n) - expected) / expected
	}
	return x
}

// the purpose and each field, with its borders, make another code, another link and another MAC.
func TestFraming(t *testing.T) {
	k := key(t)
	list := func(fields ...string) (b [][]byte) {
		for _, f := range fields {
			b = append(b, []byte(f))
		}
		return b
	}
	macs, codes, links := make(map[[32]byte]int), make(map[string]int), make(map[string]int)
	for i, in := range []struct {
		purpose string
		fields  [][]byte
	}{
		{"p", list("ab", "c")}, {"p", list("a", "bc")}, {"p", list("abc")}, {"p", list("", "abc")}, {"p", list("abc", "")},
		{"p", list("c", "ab")}, {"pa", list("b", "c")}, {"", list("pab", "c")}, {"p", nil}, {"p", list("")}, {"p", list("", "")},
		{"p", list("a\x00\x00\x00\x00\x00\x00\x00\x01b")}, {"p", list("a", "b")},
		{"p", list("ab", "c", string(make([]byte, 8)))}, // the counter that Derive adds
	} {
		mac := k.MAC(in.purpose, in.fields...)
		code := k.Derive(12, in.purpose, in.fields...).Reveal()
		link := k.DeriveOpaque(in.purpose, in.fields...).Reveal()
		if j, taken := macs[mac]; taken {
			t.Errorf("%d and %d share a MAC", i, j)
		}
		if j, taken := codes[code]; taken {
			t.Errorf("%d and %d share a code", i, j)
		}
		if j, taken := links[link]; taken {
			t.Errorf("%d and %d share a link", i, j)
		}
		macs[mac], codes[code], links[link] = i, i, i
	}
	if k.ForPurpose("a").MAC("x") == k.ForPurpose("b").MAC("x") || k.ForPurpose("a").MAC("x") == k.MAC("x") {
		t.Error("two purposes share a key")
	}
	if one, other := secret.NewKey(), secret.NewKey(); one.MAC("x") == other.MAC("x") {
		t.Error("two keys are one")
	}
}

// The caller's fields stay the caller's: Derive adds a counter of its own behind them.
func TestDeriveLeavesFieldsAlone(t *testing.T) {
	fields := make([][]byte, 1, 4)
	fields[0] = []byte("a")
	behind := fields[:2]
	behind[1] = []byte("mine")
	key(t).Derive(8, "p", fields...)
	if string(behind[1]) != "mine" || string(fields[0]) != "a" {
		t.Errorf("%q, %q", fields[0], behind[1])
	}
}

func TestDeriveRefusesLengths(t *testing.T) {
	for _, digits := range []int{-1, 0, 5, 13, 20} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a code of %d digits", digits)
				}
			}()
			key(t).Derive(digits, "p")
		}()
	}
}

func TestTypedCode(t *testing.T) {
	k := key(t)
	code := k.Derive(8, "recovery code", []byte("request"), []byte("nonce")) // 54832940
	for name, typed := range map[string]string{
		"plain":                         "54832940",
		"spaces":                        " 5483 2940 ",
		"hyphen":                        "5483-2940",
		"dots":                          "54.83.29.40",
		"tabs and line ends":            "\t5483\r\n2940\n",
		"no-break and narrow spaces":    "5483\u00a02940\u202f\u2009\u3000",
		"dashes":                        "54\u201083\u201129\u201240\u2013\u2014\u2015\u2212\uff0d",
		"left-to-right marks":           "\u200e54832940\u200e",
		"right-to-left marks":           "\u200f5483\u061c2940\u200f",
		"embeddings":                    "\u202a5483\u202c\u202b2940\u202c",
		"overrides":                     "\u202d5483\u202c\u202e\u202c2940",
		"isolates":                      "\u20665483\u2069\u2067\u2069\u20682940\u2069",
		"zero width":                    "54\u200b83\u200c29\u200d40\ufeff\u2060",
		"soft hyphen":                   "5483\u00ad2940",
		"Arabic digits":                 "٥٤٨٣٢٩٤٠",
		"Persian digits":                "۵۴۸۳۲۹۴۰",
		"full-width digits":             "５４８３２９４０",
		"full-width digits and space":   "５４８３\u3000２９４０",
		"Devanagari digits":             "५४८३२९४०",
		"digits of several scripts":     "54٨٣２９۴०",
		"Arabic digits among marks":     "\u2067٥٤٨٣ ٢٩٤٠\u2069",
		"as long as what is looked at":  "54832940" + strings.Repeat(" ", 248),
		"a message's line, code alone":  "\n\n5 4 8 3 2 9 4 0\n",
		"digits with a line separator":  "5483\u20282940",
		"digits with a paragraph break": "5483\u20292940",
	} {
		if got := secret.TypedCode(typed); !got.Equal(code) || !code.Equal(got) || got.IsZero() {
			t.Errorf("%s: %q is read as %q", name, typed, got.Reveal())
		}
	}
	for name, typed := range map[string]string{
		"a digit less":               "5483294",
		"a digit more":               "548329400",
		"a zero before":              "054832940",
		"reversed":                   "04923845",
		"a letter":                   "5483294o",
		"letters alone":              "code",
		"the letter O for zero":      "5483294O",
		"words around it":            "Your code: 54832940",
		"hexadecimal":                "0x54832940",
		"plus":                       "+54832940",
		"a comma":                    "5483,2940",
		"scientific":                 "5483294e1",
		"circled digits":             "⑤④⑧③②⑨④⓪",
		"superscript digits":         "⁵⁴⁸³²⁹⁴⁰",
		"mathematical digits":        "𝟓𝟒𝟖𝟑𝟐𝟗𝟒𝟎",
		"Chinese numerals":           "五四八三二九四〇",
		"a NUL":                      "5483\x002940",
		"broken UTF-8":               "5483\xff2940",
		"longer than is looked at":   "54832940" + strings.Repeat(" ", 249),
		"another code twice as long": "5483294054832940",
		"what long input stands for": "too long",
		"what letters stand for":     "not a code",
	} {
		if got := secret.TypedCode(typed); got.Equal(code) || code.Equal(got) {
			t.Errorf("%s: %q is right", name, typed)
		} else if got.IsZero() {
			t.Errorf("%s: %q costs nothing", name, typed)
		}
	}
	for _, typed := range []string{"", " ", "\u200f", "\r\n", " - . ", "\ufeff"} {
		if got := secret.TypedCode(typed); !got.IsZero() {
			t.Errorf("%q is %q, not nothing", typed, got.Reveal())
		}
	}
}

// CVE-2019-16109: what is absent equals nothing, least of all what is absent too.
func TestBlanksAreNotEqual(t *testing.T) {
	var code secret.Code
	if code.Equal(secret.Code{}) || code.Equal(secret.TypedCode("")) || code.Equal(key(t).Derive(8, "p")) || !code.IsZero() {
		t.Error("a blank code equals something")
	}
	var digest secret.Digest
	if digest.Equal(secret.Digest{}) || digest.Equal(secret.Opaque{}.Digest()) || digest.Equal(secret.NewOpaque().Digest()) || !digest.IsZero() {
		t.Error("a blank digest equals something")
	}
}

func FuzzTypedCode(f *testing.F) {
	for _, seed := range []string{"", "54832940", " 5483-2940 ", "٥٤٨٣٢٩٤٠", "５４８３", "\u202e1\u202c", "5\xff", "code", strings.Repeat("1", 300)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		code := secret.TypedCode(typed)
		read := code.Reveal()
		if code.IsZero() != (read == "") || code.Equal(code) == code.IsZero() {
			t.Fatalf("%q: zero %t, reads %q", typed, code.IsZero(), read)
		}
		if len(read) > 256 {
			t.Fatalf("%d bytes kept of %d", len(read), len(typed))
		}
		if strings.Trim(read, "0123456789") != "" {
			return // not a code: it equals no derived one, which has digits only
		}
		if len(typed) <= 128 {
			spaced := "\u2067 " + strings.Join(strings.Split(typed, ""), "-") + "\u2069"
			if again := secret.TypedCode(spaced); again.Reveal() != read && len(spaced) <= 256 {
				t.Fatalf("%q is %q, and with hyphens %q", typed, read, again.Reveal())
			}
		}
		if again := secret.TypedCode(read); again.Reveal() != read {
			t.Fatalf("%q read again is %q", read, again.Reveal())
		}
	})
}
