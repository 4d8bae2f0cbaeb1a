package importer

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"holdfast/model"
)

const (
	// maxDay bounds one file of an export as it is unfolded: a busy day of a channel
	// is under one MiB.
	maxDay = 16 << 20
	// maxExport bounds all that is unfolded of an export.
	maxExport = 1 << 30
	// maxChannels bounds the channels of an export.
	maxChannels = 2000
)

// slackExport is an export of a workspace: lists of channels and of people, and a
// folder for each channel with a file for each day.
type slackExport struct {
	folder   fs.FS
	left     int64             // that may be unfolded yet
	people   map[string]string // names by the ids of people and of bots
	channels map[string]slackChannel
}

// slackChannel is a channel as the lists know it.
type slackChannel struct {
	ID      loose   `json:"id"`
	Name    loose   `json:"name"`
	Members []loose `json:"members"`
	direct  bool
}

// readSlack reads an export of Slack: an incident for each channel that has
// messages.
func readSlack(folder fs.FS, _ Options) ([]story, error) {
	folder, err := slackRoot(folder)
	if err != nil {
		return nil, err
	}
	x := &slackExport{folder: folder, left: maxExport, people: map[string]string{"USLACKBOT": "Slackbot"}, channels: map[string]slackChannel{}}
	if err := x.readLists(); err != nil {
		return nil, err
	}
	names, err := slackDir(folder, ".", true)
	if err != nil {
		return nil, err
	}
	var stories []story
	found := 0
	for _, name := range names {
		days, err := slackDays(folder, name)
		if err != nil {
			return nil, err
		}
		if len(days) == 0 {
			continue
		}
		if found++; found > maxChannels {
			return nil, fmt.Errorf("%w: it has more than %d channels", ErrInvalid, maxChannels)
		}
		s, err := x.channel(name, days)
		if err != nil {
			return nil, err
		}
		if len(s.rows) > 0 {
			stories = append(stories, s)
		}
	}
	if found == 0 {
		return nil, fmt.Errorf("%w: it has no folder of a channel with days such as 2026-03-17.json", ErrInvalid)
	}
	return stories, nil
}

// slackRoot goes into the one folder that many programs wrap an archive in.
func slackRoot(folder fs.FS) (fs.FS, error) {
	files, err := slackDir(folder, ".", false)
	if err != nil {
		return nil, err
	}
	dirs, err := slackDir(folder, ".", true)
	if err != nil {
		return nil, err
	}
	if len(dirs) != 1 || slices.ContainsFunc(files, func(n string) bool { return path.Ext(n) == ".json" }) {
		return folder, nil
	}
	if days, err := slackDays(folder, dirs[0]); err != nil || len(days) > 0 {
		return folder, err
	}
	return fs.Sub(folder, dirs[0])
}

// slackDir names the folders in a folder, or its files. Links are neither, so
// that nothing outside of the export is read.
func slackDir(folder fs.FS, name string, dirs bool) (names []string, err error) {
	list, err := fs.ReadDir(folder, name)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrInvalid, err)
	}
	for _, e := range list {
		hidden := strings.HasPrefix(e.Name(), ".") || e.Name() == "__MACOSX"
		if !hidden && (dirs && e.IsDir() || !dirs && e.Type().IsRegular()) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

var slackDay = regexp.MustCompile(`^\d{4}-\d\d-\d\d\.json$`)

// slackDays names the files of the days of a channel.
func slackDays(folder fs.FS, name string) ([]string, error) {
	files, err := slackDir(folder, name, false)
	return slices.DeleteFunc(files, func(f string) bool { return !slackDay.MatchString(f) }), err
}

// read unfolds a file as far as the limits go: a small archive may hold very much.
func (x *slackExport) read(name string) ([]byte, error) {
	f, err := x.folder.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrInvalid, err)
	}
	defer f.Close() // it was only read
	b, err := io.ReadAll(io.LimitReader(f, maxDay+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %v", ErrInvalid, name, err)
	}
	if x.left -= int64(len(b)); len(b) > maxDay || x.left < 0 {
		return nil, fmt.Errorf("%w: %s is larger than %d MiB, or all files together than %d", ErrInvalid, name, maxDay>>20, maxExport>>20)
	}
	if b, err = utf8Text(b); err != nil {
		return nil, fmt.Errorf("%w, in %s", err, name)
	}
	return b, nil
}

// readList gives the elements of a list at the root, which may be missing.
func (x *slackExport) readList(name string, each func(raw json.RawMessage)) error {
	files, err := slackDir(x.folder, ".", false)
	if err != nil || !slices.Contains(files, name) {
		return err
	}
	b, err := x.read(name)
	if err != nil {
		return err
	}
	return looseList(name, b, func(_ int, raw json.RawMessage) error { each(raw); return nil })
}

// readLists reads who is who, and which channel is which.
func (x *slackExport) readLists() error {
	for _, list := range []string{"channels.json", "groups.json", "dms.json", "mpims.json"} {
		if err := x.readChannels(list); err != nil {
			return err
		}
	}
	return x.readList("users.json", func(raw json.RawMessage) {
		var u slackUser
		if looseObject(raw, &u) == nil && u.ID != "" {
			x.people[string(u.ID)] = either(u.name(), string(u.ID))
			if u.Profile.Bot != "" {
				x.people[string(u.Profile.Bot)] = x.people[string(u.ID)]
			}
		}
	})
}

func (x *slackExport) readChannels(list string) error {
	return x.readList(list, func(raw json.RawMessage) {
		var c slackChannel
		if looseObject(raw, &c) != nil || c.ID == "" {
			return
		}
		c.direct = list == "dms.json" || list == "mpims.json"
		x.channels[string(c.ID)] = c // as mentions and folders of direct messages name it
		if _, ok := x.channels[string(c.Name)]; !ok && c.Name != "" {
			x.channels[string(c.Name)] = c
		}
	})
}

// channel tells a channel from all its days.
func (x *slackExport) channel(folder string, days []string) (s story, err error) {
	c, ok := x.channels[folder]
	s.Declare.Title, s.Declare.Source = either(string(c.Name), folder), "slack:"+either(looseName(c.ID), looseName(loose(folder)))
	if ok && c.direct && len(c.Members) > 0 {
		var names []string
		for _, id := range c.Members {
			names = append(names, x.name(string(id)))
		}
		s.Declare.Title = "Direct messages of " + strings.Join(names, ", ")
	}
	s.Declare.Origin = cut("Slack, "+s.Declare.Title, model.MaxText)
	var messages []slackMessage
	for _, day := range days {
		name := folder + "/" + day
		b, err := x.read(name)
		if err != nil {
			return s, err
		}
		err = looseList(name, b, func(n int, raw json.RawMessage) error {
			if messages = append(messages, newSlackMessage(day, n, raw)); len(messages) > MaxEntries {
				return fmt.Errorf("%w: %s has more than %d messages; take its folder, or old days, out of the export", ErrInvalid, folder, MaxEntries)
			}
			return nil
		})
		if err != nil {
			return s, err
		}
	}
	x.tell(&s, messages)
	return s, nil
}

// sortMessages puts messages in the order of their times; a file is not. What has
// none stays behind what it stood behind.
func sortMessages(messages []slackMessage) {
	var last time.Time
	for n := range messages {
		if at := messages[n].at; !at.IsZero() {
			last = at
		}
		messages[n].place = last
	}
	slices.SortStableFunc(messages, func(a, b slackMessage) int { return a.place.Compare(b.place) })
}
