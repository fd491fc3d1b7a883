package cli

import (
	"io"
	"os"

	"twohens/internal/config"
)

type configCommand struct {
	Manual    configManualCommand    `cmd:"" help:"Every key with its meaning and default, in Markdown."`
	Example   configExampleCommand   `cmd:"" help:"A whole file to begin with, every default written out."`
	Standards configStandardsCommand `cmd:"" help:"How the profiles stand to NIST SP 800-63B-4 and OWASP ASVS 5, in Markdown."`
}

type configManualCommand struct {
	Out string `placeholder:"FILE" help:"Write to a file."`
}

func (c *configManualCommand) Run(t *terminal) error { return write(t, c.Out, config.Manual()) }

type configStandardsCommand struct {
	Out string `placeholder:"FILE" help:"Write to a file."`
}

func (c *configStandardsCommand) Run(t *terminal) error { return write(t, c.Out, config.Standards()) }

type configExampleCommand struct {
	Out string `placeholder:"FILE" help:"Write to a file, which must not exist yet."`
}

func (configExampleCommand) Help() string {
	return "For example:\n\n    twohens config example -out twohens.toml\n"
}

func (c *configExampleCommand) Run(t *terminal) error {
	if c.Out != "" {
		file, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(file, config.Example()); err != nil {
			return err
		}
		return file.Close()
	}
	return write(t, "", config.Example())
}

func write(t *terminal, path, text string) error {
	if path != "" {
		return os.WriteFile(path, []byte(text), 0o644)
	}
	_, err := io.WriteString(t.out, text)
	return err
}
