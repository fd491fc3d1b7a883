package cli

import (
	"context"
	"fmt"
	"os"
	"runtime/pprof"

	"twohens/internal/daemon"
)

type serveCommand struct {
	configured
	CPUProfile string `hidden:"" env:"TWOHENS_CPU_PROFILE" help:"Write a CPU profile of the whole run to a file."`
}

func (serveCommand) Help() string {
	return `For example:

    twohens serve -config /etc/twohens/twohens.toml

It logs to standard error and tells systemd when it is ready (Type=notify). An interrupt or SIGTERM lets answers and mails
under way finish; being killed instead loses nothing.
`
}

func (c *serveCommand) Run(ctx context.Context, t *terminal) error {
	cfg, err := c.load(t)
	if err != nil {
		return err
	}
	if c.CPUProfile != "" {
		stop, err := profile(c.CPUProfile)
		if err != nil {
			return err
		}
		defer stop()
	}
	log := daemon.Logger(cfg, t.err)
	for _, note := range cfg.Notes() {
		log.Warn("configuration", "note", note)
	}
	daemon.LimitMemory(cfg)
	d, err := daemon.New(ctx, cfg, daemon.Options{Log: log})
	if err != nil {
		return err
	}
	return d.Run(ctx)
}

func profile(path string) (stop func(), err error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	return func() {
		pprof.StopCPUProfile()
		file.Close()
	}, nil
}
