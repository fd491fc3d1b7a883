package config

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"twohens/internal/contact"
	"twohens/internal/quota"
	"twohens/internal/recovery"
)

// kind says how the value of a key is written, for messages and the manual.
func (k key) kind() string {
	switch k.into.(type) {
	case *int:
		return "a whole number"
	case *bool:
		return "true or false"
	case *time.Duration:
		return `a time such as "15m", "90s" or "1h30m"`
	case *[]time.Duration:
		return `a list of times such as ["1m", "2m"]`
	case *quota.Limit:
		return `a limit such as "5/1h"`
	case *contact.Email:
		return "an e-mail address"
	case *URL:
		return `an address such as "https://id.fernbank.example"`
	case *Path:
		return "a path"
	case *Size:
		return `an amount of memory such as "19MiB"`
	case *Money:
		return `an amount such as "25.50"`
	case *[]netip.Prefix:
		return `a list of networks such as ["10.0.0.0/8", "192.0.2.7"]`
	case *[]DKIM:
		return `a list such as ["s2026=dkim.pem"]`
	case *[]string, *[]recovery.Way:
		return "a list of texts"
	case *[]int:
		return "a list of whole numbers"
	case *[][]recovery.Way:
		return `a list of ways, or of several joined such as "email+questions", or "any two"`
	}
	if len(k.among) > 0 {
		return "one of " + strings.Join(k.among, ", ")
	}
	return "a text"
}

// list says that the key takes a list.
func (k key) list() bool {
	switch k.into.(type) {
	case *[]string, *[]time.Duration, *[]netip.Prefix, *[]recovery.Way, *[][]recovery.Way, *[]DKIM, *[]int:
		return true
	}
	return false
}

// setTOML takes a value as the file has it.
func (k key) setTOML(value any) error {
	wrong := fmt.Errorf("want %s, not %s", k.kind(), written(value))
	if k.list() {
		items, ok := value.([]any)
		if !ok {
			return wrong
		}
		texts := make([]string, len(items))
		for i, item := range items {
			n, whole := item.(int64)
			if _, numbers := k.into.(*[]int); numbers && whole {
				texts[i] = strconv.FormatInt(n, 10)
			} else if texts[i], ok = item.(string); !ok {
				return wrong
			}
		}
		return k.setList(texts)
	}
	switch into := k.into.(type) {
	case *int:
		n, ok := value.(int64)
		if !ok || int64(int(n)) != n {
			return wrong
		}
		*into = int(n)
		return nil
	case *bool:
		b, ok := value.(bool)
		if !ok {
			return wrong
		}
		*into = b
		return nil
	}
	text, ok := value.(string)
	if !ok {
		return wrong
	}
	return k.setText(text)
}

// setText takes a value as the environment and the table have it: without quotes, lists separated by commas.
func (k key) setText(text string) error {
	if k.list() {
		var items []string
		for item := range strings.SplitSeq(text, ",") {
			if item = strings.TrimSpace(item); item != "" {
				items = append(items, item)
			}
		}
		return k.setList(items)
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fmt.Errorf("want %s without control characters", k.kind())
	}
	if len(k.among) > 0 && !slices.Contains(k.among, text) {
		return fmt.Errorf("want %s, not %q", k.kind(), text)
	}
	var err error
	switch into := k.into.(type) {
	case *string:
		*into = text
		return nil
	case *Path:
		*into = Path(text)
		return nil
	case *int:
		*into, err = strconv.Atoi(text)
	case *bool:
		*into, err = strconv.ParseBool(text)
	case *time.Duration:
		*into, err = time.ParseDuration(text)
	case *quota.Limit:
		if *into, err = quota.Parse(text); err != nil {
			return fmt.Errorf("want %s: %s", k.kind(), strings.TrimPrefix(err.Error(), "quota: not a limit: "))
		}
	case *contact.Email:
		if text == "" {
			*into = contact.Email{}
			return nil
		}
		*into, err = contact.ParseEmail(text)
	case *URL:
		*into, err = parseURL(text)
	case *Size:
		*into, err = parseSize(text)
	case *Money:
		*into, err = parseMoney(text)
	default:
		panic("config: " + k.path + " has a type that no value is read for")
	}
	if err != nil {
		return fmt.Errorf("want %s, not %q", k.kind(), text)
	}
	return nil
}

func (k key) setList(items []string) error {
	switch into := k.into.(type) {
	case *[]string:
		*into = items
		return nil
	case *[]time.Duration:
		return setEach(k, into, items, time.ParseDuration)
	case *[]netip.Prefix:
		return setEach(k, into, items, parsePrefix)
	case *[]DKIM:
		return setEach(k, into, items, parseDKIM)
	case *[]int:
		return setEach(k, into, items, strconv.Atoi)
	case *[]recovery.Way:
		return setEach(k, into, items, recovery.ParseWay)
	case *[][]recovery.Way:
		*into = nil
		for _, item := range items {
			sets, err := proofs(item)
			if err != nil {
				return fmt.Errorf("want %s; this is none: %q", k.kind(), item)
			}
			*into = append(*into, sets...)
		}
		return nil
	}
	panic("config: " + k.path + " has a type that no list is read for")
}

func setEach[T any](k key, into *[]T, items []string, parse func(string) (T, error)) error {
	list := make([]T, len(items))
	for i, item := range items {
		var err error
		if list[i], err = parse(item); err != nil {
			return fmt.Errorf("want %s; this is none: %q", k.kind(), item)
		}
	}
	*into = list
	return nil
}

func parseURL(text string) (URL, error) {
	if text == "" {
		return nil, nil
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, err
	}
	if u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.Opaque != "" {
		return nil, fmt.Errorf("not an address")
	}
	return u, nil
}

// parsePrefix reads a network, or an address as the network of itself alone.
func parsePrefix(text string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(text)
	return prefix.Masked(), err
}

func parseDKIM(text string) (DKIM, error) {
	selector, file, ok := strings.Cut(text, "=")
	if !ok || selector == "" || file == "" {
		return DKIM{}, fmt.Errorf("not selector=file")
	}
	return DKIM{selector, Path(file)}, nil
}

func parseSize(text string) (Size, error) {
	unit := KiB
	digits, ok := strings.CutSuffix(text, "KiB")
	if !ok {
		if digits, ok = strings.CutSuffix(text, "MiB"); !ok {
			return 0, fmt.Errorf("no unit")
		}
		unit = MiB
	}
	n, err := strconv.ParseUint(strings.TrimSpace(digits), 10, 32)
	return Size(n) * unit, err
}

// parseMoney reads an amount with at most six decimals.
func parseMoney(text string) (Money, error) {
	whole, rest, _ := strings.Cut(text, ".")
	if len(rest) > 6 || len(whole) > 12 {
		return 0, fmt.Errorf("no amount")
	}
	n, err := strconv.ParseUint(whole+rest+"000000"[len(rest):], 10, 63)
	return Money(n), err
}

// written shows a value of the file as it was written, near enough.
func written(value any) string {
	switch v := value.(type) {
	case string:
		return strconv.Quote(v)
	case map[string]any:
		return "a table"
	case []map[string]any:
		return "a list of tables"
	case []any:
		items := make([]string, len(v))
		for i, item := range v {
			items[i] = written(item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	return fmt.Sprint(value)
}
