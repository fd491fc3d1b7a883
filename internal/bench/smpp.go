package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
)

var submitted = regexp.MustCompile(`([0-9.]+) messages/s`)

// smpp measures texts over one bind, by the benchmark of internal/smpp, against a centre that others wrote.
func (b *bench) smpp(ctx context.Context) error {
	out, err := exec.CommandContext(ctx, "go", "test", "./internal/smpp", "-run", "^$", "-bench", "^BenchmarkSubmit$", "-benchtime", b.duration.String()).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	const what = "SMPP, texts over one bind"
	found := submitted.FindSubmatch(out)
	if found == nil { // skipped
		b.add(what, "at least 500/s", "not measured: Net::SMPP is missing, script/prepare installs it")
		return nil
	}
	b.add(what, "at least 500/s", "%s/s", found[1])
	return nil
}
