package secret

import (
	"math"
	"testing"
)

// the numbers that are cut are a whole multiple of all codes, so no code has one chance more than another. It cannot be
// seen by counting codes: for 12 digits it would take some 10^14 of them.
func TestCutIsFair(t *testing.T) {
	for digits, space := MinDigits, uint64(1e6); digits <= MaxDigits; digits, space = digits+1, space*10 {
		limit := math.MaxUint64 / space * space
		if code, fair := cut(limit-1, digits); !fair || uint64(len(code)) != uint64(digits) || code != all('9', digits) {
			t.Errorf("%d digits: the last fair number gives %q, %t", digits, code, fair)
		}
		for _, v := range []uint64{limit, math.MaxUint64} {
			if code, fair := cut(v, digits); fair {
				t.Errorf("%d digits: %d favours %s", digits, v, code)
			}
		}
		for _, v := range []uint64{0, space, limit - space} {
			if code, fair := cut(v, digits); !fair || code != all('0', digits) {
				t.Errorf("%d digits: %d gives %q, %t", digits, v, code, fair)
			}
		}
	}
}

func all(digit byte, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = digit
	}
	return string(b)
}
