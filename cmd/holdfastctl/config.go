package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/sync/secret"
)

func (a *app) configCommand() *cobra.Command {
	return groupCommand("config", "Keep settings of this device, and of the room",
		a.configSetCommand(),
		&cobra.Command{
			Use: "unset KEY", Short: "Remove a setting", Args: takes(1, 1),
			RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
				return a.setting(ctx, c, args[0], "")
			}),
		},
		&cobra.Command{
			Use: "list", Short: "List the settings; secrets are named, not shown", Args: takes(0, 0),
			RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
				return query(a, ctx, c, "config", nil, func(w io.Writer, settings map[string]string) {
					t := newTable("SETTING", "VALUE")
					for _, key := range slices.Sorted(maps.Keys(settings)) {
						t.add(key, settings[key])
					}
					t.write(w, "Nothing is set.")
				})
			}),
		})
}

func (a *app) configSetCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "set KEY [VALUE]",
		Short: "Set a setting; a secret is read from standard input",
		Long: "Set a setting. Keys that begin with audience. or room. belong to the room and are shared; the\n" +
			"others are this device's own. The value of a secret, such as mail.password, is read from standard\n" +
			"input, because other users of a machine can see arguments.",
		Args: func(c *cobra.Command, args []string) error {
			if err := takes(1, 2)(c, args); err != nil {
				return err
			}
			switch isSecret := node.IsSecret(args[0]) || strings.HasSuffix(args[0], "password"); {
			case isSecret && len(args) == 2:
				return misused("%s is a secret: give it on standard input, not as an argument, and change it if it was real", args[0])
			case !isSecret && len(args) == 1:
				return misused("a value for %s is missing; `config unset %s` removes it", args[0], args[0])
			}
			return nil
		},
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			if len(args) == 2 {
				return a.setting(ctx, c, args[0], args[1])
			}
			value, err := a.secretValue(args[0])
			if err != nil {
				return err
			}
			return a.setting(ctx, c, args[0], value)
		}),
	}
}

// secretValue reads a secret: typed unseen at a terminal, else all of standard
// input but the line end.
func (a *app) secretValue(key string) (string, error) {
	var b []byte
	var err error
	if terminal := a.terminal(); terminal != nil {
		b, err = a.ask(terminal, key+": ")
	} else {
		b, err = io.ReadAll(io.LimitReader(a.in, secret.MaxValue+1))
	}
	if err != nil {
		return "", fmt.Errorf("read %s: %w", key, err)
	}
	value := strings.TrimRight(string(b), "\r\n")
	if value == "" {
		return "", fmt.Errorf("there was no value for %s on standard input; `config unset %s` removes it", key, key)
	}
	return value, nil
}

func (a *app) setting(ctx context.Context, c *node.Client, key, value string) error {
	var done model.Done
	if err := c.Call(ctx, "config/set", node.Setting{Key: key, Value: value}, &done); err != nil {
		return err
	}
	return a.print(done, func(io.Writer) {})
}
