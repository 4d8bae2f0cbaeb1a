package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/model/policy"
	"holdfast/sync/node"
)

func (a *app) policyCommand() *cobra.Command {
	return groupCommand("policy", "Show and change what the room has agreed on",
		a.policyShowCommand(), a.policySetCommand(), a.policyExportCommand(), a.policyImportCommand())
}

func (a *app) policyShowCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show [SECTION]", Short: "Print the policy, or one section of it", Args: takes(0, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			return query(a, ctx, c, "policy", ref{}, func(w io.Writer, views []model.PolicyView) {
				if len(args) > 0 {
					for _, v := range views {
						if v.Section == args[0] {
							fmt.Fprintln(w, v.Text)
						}
					}
					return
				}
				t := newTable("SECTION", "CHANGES", "BYTES", "STATE")
				for _, v := range views {
					state := "as shipped"
					switch {
					case len(v.Conflict) > 0:
						state = "conflict: " + v.Conflict[0].By + " and " + v.Conflict[1].By + " changed it apart"
					case v.Own:
						state = "changed by " + v.History[len(v.History)-1].By
					}
					t.add(v.Section, fmt.Sprint(len(v.History)), fmt.Sprint(len(v.Text)), state)
				}
				t.write(w, "")
			})
		}),
	}
}

func (a *app) policySetCommand() *cobra.Command {
	var s model.SetPolicy
	var file string
	var reset bool
	c := &cobra.Command{
		Use: "set SECTION --file FILE", Short: "Change a section; it is checked against the rest first", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			s.Section = args[0]
			if reset == (file != "") {
				return misused("give --file FILE, or --reset to go back to what is shipped")
			}
			if !reset {
				text, err := readBounded(file, policy.MaxSection)
				if err != nil {
					return err
				}
				s.Text = string(text)
			}
			return a.do(ctx, c, s, func(model.Done) string { return s.Section })
		}),
	}
	c.Flags().StringVar(&file, "file", "", "the section as JSON, as \"policy show SECTION\" prints it")
	c.Flags().StringVar(&s.Reason, "reason", "", "why, for the record")
	c.Flags().BoolVar(&reset, "reset", false, "go back to what is shipped")
	return c
}

func (a *app) policyExportCommand() *cobra.Command {
	return &cobra.Command{
		Use: "export FILE", Short: "Write the whole policy as one file", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			var views []model.PolicyView
			if err := c.Call(ctx, "policy", ref{}, &views); err != nil {
				return err
			}
			p, _ := policy.Assemble(func(section string) string {
				for _, v := range views {
					if v.Section == section {
						return v.Text
					}
				}
				return ""
			})
			report, err := writeFile(args[0], func(w io.Writer) error {
				_, err := w.Write(p.Document())
				return err
			})
			if err != nil {
				return fmt.Errorf("export the policy: %w", err)
			}
			report.Format = "policy"
			return a.print(report, func(io.Writer) {})
		}),
	}
}

func (a *app) policyImportCommand() *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use: "import FILE", Short: "Take a whole policy file; sections that are the same are left alone", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			doc, err := readBounded(args[0], policy.MaxDocument)
			if err != nil {
				return err
			}
			return a.do(ctx, c, model.ImportPolicy{Document: string(doc), Reason: reason}, func(model.Done) string { return args[0] })
		}),
	}
	c.Flags().StringVar(&reason, "reason", "", "why, for the record")
	return c
}

// readBounded reads a file that may not be larger than a limit.
func readBounded(path string, limit int) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	if err == nil && len(b) > limit {
		err = fmt.Errorf("%s is larger than %d bytes, the most that is read", path, limit)
	}
	return b, err
}
