package sms_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"twohens/internal/sms"
)

// The vectors are well-known ones of TS 23.038 and TS 23.040, and what Net::SMPP (of Debian, in Perl) packs.
func TestVectors(t *testing.T) {
	for _, c := range []struct {
		name, text, unpacked, packed string
		fill                         int
	}{
		{"hello", "hellohello", "68656c6c6f68656c6c6f", "e8329bfd4697d9ec37", 0},
		{"eight into seven", "diafaan.", "6469616661616e2e", "e474d81c0ebb5d", 0},
		{"how are you", "How are you?", "486f772061726520796f753f", "c8f71d14969741f977fd07", 0},
		{"behind a header of six octets", "hellohello", "68656c6c6f68656c6c6f", "d06536fb8d2eb3d96f", 1},
		{"escape pairs", "€[]", "1b651b3c1b3e", "9bf286b7f101", 0},
		{"the codes that look odd", "@£$\n Δ_", "0001020a201011", "80804001824400", 0},
	} {
		unpacked, ok := sms.EncodeGSM7(c.text)
		if want := bare(c.unpacked); !ok || hex.EncodeToString(unpacked) != want {
			t.Errorf("%s: %x, want %s", c.name, unpacked, want)
		}
		if packed := hex.EncodeToString(sms.Pack(unpacked, c.fill)); packed != bare(c.packed) {
			t.Errorf("%s: packed %s, want %s", c.name, packed, bare(c.packed))
		}
	}
	if got := hex.EncodeToString(sms.EncodeUCS2("ñ密😀")); got != "00f15bc6d83dde00" {
		t.Errorf("UCS-2: %s", got)
	}
	for header, want := range map[int]int{0: 0, 6: 1, 7: 0, 1: 6} {
		if got := sms.Fill(header); got != want {
			t.Errorf("%d octets of header: %d empty bits, want %d", header, got, want)
		}
	}
}

func bare(s string) string { return strings.ReplaceAll(s, " ", "") }

// Every code of both tables is a character of its own and comes back.
func TestAlphabetIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for code := range 128 {
		for _, b := range [][]byte{{byte(code)}, {0x1B, byte(code)}} {
			text, err := sms.DecodeGSM7(b)
			if err != nil || utf8.RuneCountInString(text) != 1 {
				t.Fatalf("%x: %q, %v", b, text, err)
			}
			if back, ok := sms.EncodeGSM7(text); ok && bytes.Equal(back, b) {
				seen[text] = true
			}
		}
	}
	if len(seen) != 127+10 {
		t.Errorf("%d characters", len(seen))
	}
}

func TestDecodeOdd(t *testing.T) {
	for in, want := range map[string]string{
		"1b": " ", "611b": "a ", "1b1b": " ", "1b1b61": " a", "1b61": "a", "1b0a": "\f", "": "",
	} {
		b, _ := hex.DecodeString(in)
		if got, err := sms.DecodeGSM7(b); err != nil || got != want {
			t.Errorf("%s: %q, %v", in, got, err)
		}
	}
	for _, b := range [][]byte{{0x80}, {0x1B, 0xFF}, {'a', 0xE9}} {
		if _, err := sms.DecodeGSM7(b); !errors.Is(err, sms.ErrSeptet) {
			t.Errorf("%x: %v", b, err)
		}
	}
	if _, err := sms.DecodeUCS2([]byte{0, 'a', 0}); !errors.Is(err, sms.ErrHalf) {
		t.Errorf("half a unit: %v", err)
	}
	if got, _ := sms.DecodeUCS2([]byte{0xD8, 0x3D, 0, 'a'}); got != "\uFFFDa" {
		t.Errorf("half a pair: %q", got)
	}
	if _, err := sms.Unpack([]byte{1, 2}, 1, 3); !errors.Is(err, sms.ErrShort) {
		t.Errorf("too short: %v", err)
	}
}

// lengths of the parts of a text, in characters.
func lengths(parts []sms.Part) (n []int) {
	for _, p := range parts {
		n = append(n, utf8.RuneCountInString(p.Text))
	}
	return n
}

func TestParts(t *testing.T) {
	x, bound := strings.Repeat, "@accounts.fernbank.example #12345678"
	for _, c := range []struct {
		name, text string
		want       []int
		alphabet   sms.Alphabet
	}{
		{"nothing", "", []int{0}, sms.GSM7},
		{"a full one", x("a", 160), []int{160}, sms.GSM7},
		{"one more", x("a", 161), []int{153, 8}, sms.GSM7},
		{"an extension counts two", x("a", 159) + "€", []int{153, 7}, sms.GSM7},
		{"its pair is not cut", x("a", 152) + "€" + x("b", 10), []int{152, 11}, sms.GSM7},
		{"a full one of UCS-2", x("密", 70), []int{70}, sms.UCS2},
		{"one more of UCS-2", x("密", 71), []int{67, 4}, sms.UCS2},
		{"a surrogate pair is not cut", x("密", 66) + "😀" + x("码", 10), []int{66, 11}, sms.UCS2},
		{"one character decides", x("a", 80) + "ا", []int{67, 14}, sms.UCS2},
		{"a code is not cut", x("a", 150) + "12345678" + x("b", 20), []int{150, 28}, sms.GSM7},
		{"nor one in groups", x("a", 150) + "1234 5678" + x("b", 20), []int{150, 29}, sms.GSM7},
		{"a code that ends a part", x("a", 145) + "12345678" + x("b", 20), []int{153, 20}, sms.GSM7},
		{"two spaces divide", x("a", 149) + "1234  5678" + x("b", 20), []int{153, 26}, sms.GSM7},
		{"digits of other scripts", x("ا", 63) + "١٢٣٤٥٦" + "ا" + x("ب", 9), []int{63, 16}, sms.UCS2},
		{"the last line", x("a", 140) + "\n" + bound, []int{141, len(bound)}, sms.GSM7},
		{"an @ in a line is nothing", x("a", 150) + " @home #1" + x("b", 10), []int{153, 16}, sms.GSM7},
		{"longer than any part", x("1", 200), []int{153, 47}, sms.GSM7},
	} {
		parts, err := sms.Parts(c.text)
		if got := lengths(parts); err != nil || !slices.Equal(got, c.want) || parts[0].Alphabet != c.alphabet {
			t.Errorf("%s: %v in alphabet %v, want %v; %v", c.name, got, parts[0].Alphabet, c.want, err)
		}
		if sms.Fits(c.text) != (len(c.want) == 1) {
			t.Errorf("%s: fits: %v", c.name, sms.Fits(c.text))
		}
	}
	if _, err := sms.Parts(x("a", 153*255)); err != nil {
		t.Errorf("255 parts: %v", err)
	}
	if _, err := sms.Parts(x("a", 153*255+1)); !errors.Is(err, sms.ErrTooLong) {
		t.Errorf("256 parts: %v", err)
	}
	if parts, _ := sms.PartsIn(sms.UCS2, "abc"); parts[0].Alphabet != sms.UCS2 || hex.EncodeToString(parts[0].Octets) != "006100620063" {
		t.Errorf("UCS-2 by choice: %+v", parts)
	}
}

func TestHeader(t *testing.T) {
	parts, err := sms.Parts(strings.Repeat("a", 161))
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(parts[1].Unpacked(0x7A)); got != "0500037a0202"+strings.Repeat("61", 8) {
		t.Errorf("unpacked: %s", got)
	}
	if got := parts[0].Packed(0x7A); len(got) != 140 || hex.EncodeToString(got[:8]) != "0500037a0201c2e1"[:16] {
		t.Errorf("packed: %d octets, %x", len(got), got[:8])
	}
	whole, _ := sms.Parts("abc")
	if h := whole[0].Header(1); h != nil {
		t.Errorf("a text of one part has the header %x", h)
	}
}

// pieces are what texts in the properties are made of: a draw of plain runes would hardly ever hold a code at a cut.
var pieces = rapid.OneOf(
	rapid.StringOfN(rapid.RuneFrom([]rune("abc @£€[]~\nΔ")), 0, 60, -1),
	rapid.StringMatching(`[0-9]{1,12}`),
	rapid.StringMatching(`[0-9]{3,4}[ -][0-9]{3,4}`),
)

var (
	wide  = rapid.OneOf(pieces, rapid.StringOfN(rapid.RuneFrom([]rune("密码ابت😀é")), 0, 40, -1))
	lines = rapid.SampledFrom([]string{"", "\n@fernbank.example #12345678"})
)

func drawText(t *rapid.T) string {
	from := rapid.SampledFrom([]*rapid.Generator[string]{pieces, wide}).Draw(t, "alphabet")
	return strings.Join(rapid.SliceOfN(from, 0, 14).Draw(t, "pieces"), "") + lines.Draw(t, "last line")
}

var run = regexp.MustCompile(`[0-9]+(?:[ -][0-9]+)*`)

func TestPartsProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawText(t)
		parts, err := sms.Parts(text)
		if err != nil {
			t.Fatal(err)
		}
		var again strings.Builder
		cuts := map[int]bool{}
		for i, p := range parts {
			if p.Number != i+1 || p.Of != len(parts) {
				t.Fatalf("part %d of %d is called %d of %d", i+1, len(parts), p.Number, p.Of)
			}
			if n := len(p.Packed(9)); n > 140 {
				t.Fatalf("part %d has %d octets", p.Number, n)
			}
			text := decode(t, p)
			if text != p.Text {
				t.Fatalf("part %d reads %q, is %q", p.Number, text, p.Text)
			}
			again.WriteString(text)
			cuts[again.Len()] = true
		}
		if again.String() != text {
			t.Fatalf("reassembled to %q", again.String())
		}
		delete(cuts, len(text))
		for _, at := range run.FindAllStringIndex(text, -1) {
			for cut := range cuts {
				if at[0] < cut && cut < at[1] && at[1]-at[0] <= 67 {
					t.Fatalf("%q is cut at %d", text[at[0]:at[1]], cut-at[0])
				}
			}
		}
		last := strings.LastIndex(text, "\n@")
		for cut := range cuts {
			if strings.HasSuffix(text, " #12345678") && cut > last+1 {
				t.Fatalf("the last line is cut at %d", cut-last)
			}
		}
	})
}

// decode reads a part as a telephone does: from what went over the air.
func decode(t *rapid.T, p sms.Part) string {
	header := len(p.Header(9))
	body := p.Packed(9)[header:]
	if p.Alphabet == sms.UCS2 {
		text, err := sms.DecodeUCS2(body)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	septets, err := sms.Unpack(body, sms.Fill(header), len(p.Octets))
	if err != nil {
		t.Fatal(err)
	}
	text, err := sms.DecodeGSM7(septets)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestPackingProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		septets := rapid.SliceOfN(rapid.ByteMax(0x7F), 0, 200).Draw(t, "septets")
		fill := rapid.IntRange(0, 6).Draw(t, "fill")
		packed := sms.Pack(septets, fill)
		if want := (fill + 7*len(septets) + 7) / 8; len(packed) != want {
			t.Fatalf("%d octets, want %d", len(packed), want)
		}
		back, err := sms.Unpack(packed, fill, len(septets))
		if err != nil || !bytes.Equal(back, septets) {
			t.Fatalf("%x, %v", back, err)
		}
	})
}

// Whatever comes in, decoding ends, and what was read can be written again.
func FuzzDecode(f *testing.F) {
	f.Add([]byte("\x00\x1b\x65hello\x1b"), 3, 1)
	f.Add([]byte{0xD8, 0x3D, 0xDE, 0}, 4, 0)
	f.Fuzz(func(t *testing.T, b []byte, n, fill int) {
		if text, err := sms.DecodeGSM7(b); err == nil {
			if back, ok := sms.EncodeGSM7(text); !ok || len(back) > len(b)+1 {
				t.Errorf("%x became %q, which became %x", b, text, back)
			}
		}
		if text, err := sms.DecodeUCS2(b); err == nil && len(sms.EncodeUCS2(text)) != len(b) {
			t.Errorf("%x became %q", b, text)
		}
		if septets, err := sms.Unpack(b, fill, n); err == nil && len(septets) != n {
			t.Errorf("%d septets, asked for %d", len(septets), n)
		}
		if parts, err := sms.Parts(string(b)); err == nil && len(parts) == 0 {
			t.Error("no part")
		}
	})
}
