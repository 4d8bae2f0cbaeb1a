package policy

import (
	"fmt"
	"io"
	"os"

	"fyne.io/fyne/v2"

	"holdfast/model"
	rules "holdfast/model/policy"
	"holdfast/sync/export"
	"holdfast/ui/fynex"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// whole shows what can be done with the policy as one file, and with the
// section as a whole.
func (s *Screen) files(v model.PolicyView) []fyne.CanvasObject {
	out := []fyne.CanvasObject{
		form.NewWords("The whole policy as one JSON file: to keep it, to compare it, or to bring it into another room.", form.Plain),
		form.Buttons(fynex.NewButton("Export policy", func() { s.ask(s.askExport()) }), fynex.NewButton("Import policy", func() { s.ask(s.askImport()) })),
	}
	if v.Own {
		out = append(out, form.NewWords(titles[v.Section]+" was changed by the room. It can go back to what Holdfast ships; the history keeps what was agreed.", form.Plain),
			form.Buttons(fynex.NewButton("Reset section to shipped", func() { s.ask(s.askReset(v.Section)) })))
	}
	return out
}

func (s *Screen) askReset(section string) form.Ask {
	return form.Ask{
		ID: "reset." + section, Title: "Reset " + titles[section] + " to shipped", About: "For the whole room. It can be changed again.", Button: "Reset", Doing: "Saving …",
		Questions: []form.Question{{Name: "reason", Label: "Reason"}},
		Do: func(a form.Answers, reply form.Reply) {
			if a["reason"] == "" {
				reply("Not done: say why; the history shows it.", form.Wrong)
				return
			}
			s.run(model.SetPolicy{Section: section, Reason: a["reason"]}, "As shipped again.", reply)
		},
	}
}

// policyFiles asks for a file of a policy.
func policyFiles(title, name string, save bool) *part.FileAsk {
	return &part.FileAsk{Kind: "policy", Title: title, Types: []string{".json"}, Name: name, Save: save}
}

func (s *Screen) askExport() form.Ask {
	return form.Ask{
		ID: "export", Title: "Export policy", Button: "Export", Doing: "Writing …",
		Questions: []form.Question{{Name: "file", Label: "File", Help: "A path such as /media/stick/policy.json; Ctrl+O chooses", File: policyFiles("Export policy to", "policy.json", true)}},
		Do: func(a form.Answers, reply form.Reply) {
			path, doc := a["file"], s.content.agreed.Document()
			form.Write(s.host, path, func(replace bool) error { return export.Save(path, doc, replace) }, func(err error) { form.Written(path, err, reply) })
		},
	}
}

func (s *Screen) askImport() form.Ask {
	return form.Ask{
		ID: "import", Title: "Import policy", About: "Every section is checked first; those that are as they were are left alone. The history keeps what was agreed.", Button: "Import", Doing: "Reading …",
		Questions: []form.Question{{Name: "file", Label: "File", Help: form.PathHelp, File: policyFiles("Import policy from", "", false)}, {Name: "reason", Label: "Reason"}},
		Do: func(a form.Answers, reply form.Reply) {
			path := a["file"]
			var doc []byte
			s.host.Task(func() (err error) {
				doc, err = readWhole(path)
				return err
			}, func(err error) {
				if err != nil {
					reply("Not done: "+text.Line(err.Error())+". Nothing was changed. What you typed is kept.", form.Wrong)
					return
				}
				s.run(model.ImportPolicy{Document: string(doc), Reason: a["reason"]}, "Imported.", reply)
			})
		},
	}
}

// readWhole reads a policy file, and no more than one may have.
func readWhole(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // it was only read
	doc, err := io.ReadAll(io.LimitReader(f, int64(rules.MaxDocument)+1))
	if err == nil && len(doc) > rules.MaxDocument {
		err = fmt.Errorf("the file is larger than a policy may be, %d bytes", rules.MaxDocument)
	}
	return doc, err
}

// run has a command carried out and says what came of it.
func (s *Screen) run(c model.Command, says string, reply form.Reply) {
	s.host.Do(c, func(done model.Done, err error) {
		if err != nil {
			reply("Not done: "+text.Line(err.Error())+". What you typed is kept.", form.Wrong)
			return
		}
		if done.Note != "" {
			says += " " + text.Line(done.Note) + "."
		}
		reply(says, form.Well)
	})
}
