package importer

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
)

// export is an unpacked export of the files.
func export(files map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

// slackOf reads an export.
func slackOf(t *testing.T, files map[string]string, n int) []Incident {
	t.Helper()
	told, err := readFolder("", export(files), Options{})
	if err != nil || len(told.Incidents) != n {
		t.Fatalf("%d incidents, %v", len(told.Incidents), err)
	}
	return told.Incidents
}

const slackPeople = `[{"id":"U1","name":"ana","profile":{"real_name":"Ana Ruiz","display_name":"ana"}},
	{"id":"U2","name":"ben","real_name":"Ben Okafor"},{"id":"U3","name":"pager","is_bot":true,"profile":{"bot_id":"B1"}},7]`

// say is a message of a second of one minute, 14:00 of a day.
func say(second int, more string) string {
	return fmt.Sprintf(`{"type":"message","ts":"17737560%02d.000100",%s}`, second, more)
}

// channelOf reads the messages of one day of channel inc.
func channelOf(t *testing.T, messages ...string) Incident {
	t.Helper()
	return slackOf(t, map[string]string{
		"users.json": slackPeople, "channels.json": `[{"id":"C1","name":"inc"},{"id":"C2","name":"general"}]`,
		"inc/2026-03-17.json": "[" + strings.Join(messages, ",") + "]",
	}, 1)[0]
}

func TestSlackExport(t *testing.T) {
	inc := readSample(t, "slack-export.zip", 1)[0]
	sameLines(t, "rows", toldRows(inc), []string{
		"14:02:41.000 page PagerDuty: Triggered #4821 Checkout 5xx above 5 % (https://harbor.pagerduty.com/incidents/Q2CHECKOUT4821)\nService: checkout-api",
		"14:07:10.000 note Ana Ruiz: 5xx at 14 % on checkout in every region, started 14:02 UTC",
		"14:09:02.000 declared Ben Okafor: DECLARE P1: checkout fails for 1 in 7 buyers. ROLE IC: me. @Dita Novak comms please",
		"14:09:20.000 note Ben Okafor: set the channel topic: P1 | IC: Ben | Comms: Dita | Bridge +44 20 5550 0100",
		"14:12:34.000 note Dita Novak: Status page is up: investigating link (https://status.example.com/incidents/x1)",
		"14:15:04.000 note Ana Ruiz: Pool on checkout-db is exhausted since deploy 2026.11.3 at 14:00",
		"14:16:10.000 note Ben Okafor, to Ana Ruiz: Can we roll back safely?",
		"14:17:00.000 note Ana Ruiz: Yes, no schema dependency in app code",
		"14:18:20.000 decision Ben Okafor: DECISION: roll back to 2026.11.2. Strong objections? ... none. Ana executes, report in 5 min",
		"14:27:40.000 note Ana Ruiz: Rollback done, errors 9 % & still failing (edited)",
		"14:30:05.000 escalation Ben Okafor: Escalating to @Chen Wei (database)",
		"14:38:15.000 finding Chen Wei: Found it: migration 0931 holds a lock on `orders`\n```pid 20911 ALTER TABLE orders ... waiting: 412```",
		"14:40:01.000 decision Ben Okafor: DECISION: cancel the migration",
		"14:41:12.000 note Chen Wei: Cancelled. Queue draining",
		"14:44:00.000 note (a message was deleted)",
		"14:58:30.000 note Ana Ruiz: Errors under 0.1 % for 10 min (errors.png, 47 KiB, image/png, not in the export)",
		"15:20:00.000 resolved Ben Okafor: RESOLVE: errors at baseline for 20 min. Post-mortem Thu 10:00 UTC",
	})
	sameLines(t, "milestones", toldMilestones(inc), []string{"declared 14:09:02.000", "resolved 15:20:00.000"})
	sameLines(t, "warnings", inc.Warnings, []string{"1 notice of joining, leaving and the like left out", "1 reaction not kept"})
	if d := inc.Declare; d.Title != "inc-20260317-4821-checkout-errors" || d.Source != "slack:C0INC4821" || d.Zone != "" {
		t.Errorf("declared as %+v", d)
	}
	if where := inc.Rows()[1].Where; where != "2026-03-17.json, message 1773756430.000219" {
		t.Errorf("the second row is of %q", where)
	}
	if folder := readSample(t, "slack-export", 1)[0]; !reflect.DeepEqual(folder, inc) {
		t.Error("the unpacked folder tells another incident than the archive")
	}
}

// TestSlackWrapped reads an archive whose files are all in one folder.
func TestSlackWrapped(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{
		"My export/channels.json": `[{"id":"C1","name":"inc"}]`, "My export/inc/2026-03-17.json": "[" + say(1, `"user":"U1","text":"a"`) + "]",
		"__MACOSX/My export/._x": "",
	} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	told, err := Read("", bytes.NewReader(b.Bytes()), int64(b.Len()), Options{})
	if err != nil || len(told.Incidents) != 1 || told.Incidents[0].Declare.Source != "slack:C1" || told.SHA256 == "" {
		t.Errorf("got %+v, %v", told, err)
	}
}

func TestSlackChannels(t *testing.T) {
	day := "[" + say(1, `"user":"U1","text":"a"`) + "]"
	list := slackOf(t, map[string]string{
		"users.json": slackPeople, "channels.json": `[{"id":"C1","name":"inc"},{"id":"C2","name":"quiet"}]`,
		"groups.json": `[{"id":"G1","name":"war"}]`, "dms.json": `[{"id":"D1","members":["U1","U2"]}]`,
		"mpims.json":          `[{"id":"M1","name":"mpdm-ana--ben-1","members":["U1","U9"]}]`,
		"inc/2026-03-18.json": "[" + strings.Replace(say(1, `"user":"U1","text":"next day"`), "17737", "17738", 1) + "]",
		"inc/2026-03-17.json": day, "inc/canvas.json": "{", "inc/notes.txt": "x",
		"quiet/2026-03-17.json": "[" + say(1, `"subtype":"channel_join","user":"U1"`) + "]", "war/2026-03-17.json": day,
		"D1/2026-03-17.json": day, "mpdm-ana--ben-1/2026-03-17.json": day, "lost/2026-03-17.json": day, "empty/x.txt": "x",
	}, 5)
	var got []string
	for _, inc := range list {
		got = append(got, fmt.Sprint(inc.Declare.Source, " ", inc.Declare.Title, " ", len(inc.Rows())))
	}
	sameLines(t, "channels", got, []string{
		"slack:D1 Direct messages of Ana Ruiz, Ben Okafor 1", "slack:C1 inc 2", "slack:lost lost 1",
		"slack:M1 Direct messages of Ana Ruiz, U9 1", "slack:G1 war 1",
	})
}

func TestSlackRows(t *testing.T) {
	for _, c := range []struct{ name, message, want string }{
		{"mentions", `"user":"U1","text":"<@U2> <@U9|eve> <#C2> <#C9|ops> <!here> <!subteam^S1|@sre> <!channel>"`, "note Ana Ruiz: @Ben Okafor @eve #general #ops @here @sre @channel"},
		{
			"links", `"user":"U1","text":"<https://a.b/c?d=1&amp;e=2|the page> <https://a.b> <mailto:a@b.c|a@b.c> <!date^1773756000^{date}|17 March>"`,
			"note Ana Ruiz: the page (https://a.b/c?d=1&e=2) https://a.b a@b.c 17 March",
		},
		{"signs", `"user":"U1","text":"1 &lt; 2 &gt; 0 &amp;lt; &eacute;"`, "note Ana Ruiz: 1 < 2 > 0 &lt; &eacute;"},
		{"a person of a profile only", `"user":"U7","user_profile":{"real_name":"Eve"},"text":"<@U7> here"`, "note Eve: @Eve here"},
		{"nobody", `"text":"a"`, "note somebody: a"},
		{"an app", `"bot_id":"B9","bot_profile":{"name":"Deploys"},"text":"done"`, "note Deploys: done"},
		{"a bot of the list", `"bot_id":"B1","text":"done"`, "note pager: done"},
		{
			"fields", `"subtype":"bot_message","username":"Alert","text":"","attachments":[{"fallback":"[no preview]","title":"Disk","fields":[{"title":"Host","value":"db1"}]}]`,
			"note Alert: Disk\nHost: db1",
		},
		{"a fallback", `"subtype":"bot_message","username":"Alert","text":"","attachments":[{"fallback":"Mitigated: all well"}]`, "mitigation Alert: Mitigated: all well"},
		{"an empty attachment", `"user":"U1","text":"","attachments":[{"title":" ","title_link":"x"},null]`, "note Ana Ruiz: (x)"},
		{"a text and an alert", `"user":"U1","text":"Look","attachments":[{"text":"CPU at 99"}]`, "note Ana Ruiz: Look\nCPU at 99"},
		{"what a link shows", `"user":"U1","text":"<https://a.b>","attachments":[{"from_url":"https://a.b","text":"A page"}]`, "note Ana Ruiz: https://a.b"},
		{
			"blocks", `"user":"U1","text":"","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"Found: a<b &lt; <c|d> "},
			{"type":"user","user_id":"U2"},{"type":"link","url":"https://a.b"},{"type":"emoji","name":"fire"}]},{"type":"rich_text_list","elements":[
			{"type":"rich_text_section","elements":[{"type":"text","text":"one"}]}]}]},{"type":"section","text":{"type":"mrkdwn","text":"<@U1>"},"fields":[{"type":"mrkdwn","text":"x &amp; y"}]}]`,
			"finding Ana Ruiz: Found: a<b &lt; <c|d> @Ben Okafor(https://a.b):fire:\n- one\n@Ana Ruiz\nx & y",
		},
		{
			"more of blocks", `"user":"U1","text":"","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_quote","elements":[{"type":"channel","channel_id":"C2"},
			{"type":"text","text":" "},{"type":"usergroup","usergroup_id":"S1"}]},{"type":"rich_text_section","elements":[{"type":"broadcast","range":"here"},
			{"type":"link","url":"https://a.b","text":"page"}]}]},{"type":"image","alt_text":"a graph"}]`,
			"note Ana Ruiz: #general @S1\n@herepage (https://a.b)\na graph",
		},
		{
			"an old file", `"user":"U1","text":"","file":{"name":"a.txt","mode":"hosted"},"files":[{"mode":"hidden_by_limit"}]`,
			"note Ana Ruiz: a file that Slack hides by its limits; a.txt, not in the export",
		},
		{"a file alone", `"user":"U1","text":"","files":[{"name":"a.log","size":900},{"mode":"tombstone"}]`, "note Ana Ruiz: a.log, 900 B, not in the export; a file that was deleted"},
		{"a large file", `"user":"U1","text":"x","files":[{"title":"core","size":5767168,"mimetype":"a/b"}]`, "note Ana Ruiz: x (core, 5.5 MiB, a/b, not in the export)"},
		{"edited", `"user":"U1","text":"x","edited":{"user":"U1"}`, "note Ana Ruiz: x (edited)"},
		{"a purpose", `"subtype":"channel_purpose","user":"U1","purpose":"P1 war room"`, "note Ana Ruiz: set the topic or purpose: P1 war room"},
		{"a new name", `"subtype":"channel_name","user":"U1","text":"<@U1> has renamed the channel"`, "note Ana Ruiz: has renamed the channel"},
		{"a deleted message of somebody", `"subtype":"tombstone","user":"U2","text":"This message was deleted."`, "note (a message of Ben Okafor was deleted)"},
		{"nothing", `"user":"U1","text":""`, "note Ana Ruiz: (a message without a text)"},
		{"another subtype", `"subtype":"huddle_thread","user":"U1"`, "note Ana Ruiz: (huddle_thread without a text)"},
		{"odd members", `"user":5,"text":["x"],"files":"no","attachments":[3],"blocks":{},"reactions":1,"thread_ts":{}`, "note 5: (a message without a text)"},
	} {
		sameLines(t, c.name, toldRows(channelOf(t, say(1, c.message))), []string{"14:00:01.000 " + c.want})
	}
}

func TestSlackThreads(t *testing.T) {
	thread := func(second int) string { return fmt.Sprintf(`"thread_ts":"17737560%02d.000100",`, second) }
	inc := channelOf(t,
		say(4, thread(1)+`"subtype":"thread_broadcast","user":"U2","text":"to all"`), say(3, thread(1)+`"user":"U1","text":"own"`),
		say(2, thread(1)+`"user":"U2","text":"reply"`), say(1, thread(1)+`"user":"U1","text":"DECISION: wait"`),
		say(5, thread(0)+`"user":"U2","text":"lost parent"`), say(6, thread(0)+`"parent_user_id":"U1","user":"U2","text":"FACT: named parent"`),
		say(7, `"user":"USLACKBOT","subtype":"tombstone"`), say(8, thread(7)+`"parent_user_id":"USLACKBOT","user":"U2","text":"left alone"`))
	sameLines(t, "rows", toldRows(inc), []string{
		"14:00:01.000 decision Ana Ruiz: DECISION: wait", "14:00:02.000 note Ben Okafor, to Ana Ruiz: reply", "14:00:03.000 note Ana Ruiz: own",
		"14:00:04.000 note Ben Okafor: to all", "14:00:05.000 note Ben Okafor: lost parent",
		"14:00:06.000 finding Ben Okafor, to Ana Ruiz: FACT: named parent", "14:00:07.000 note (a message was deleted)",
		"14:00:08.000 note Ben Okafor: left alone",
	})
}

// TestSlackTimes keeps the order of messages of one millisecond, and every message
// without a time.
func TestSlackTimes(t *testing.T) {
	inc := channelOf(t, `{"ts":"1773756000.123457","user":"U1","text":"second"}`, `{"ts":1773756000.123456,"user":"U1","text":"first"}`,
		`{"user":"U1","text":"no time"}`, `{"ts":"soon","user":"U1","text":"no number"}`, `{"ts":"99999999999.0","user":"U1","text":"far"}`, `"text alone"`)
	sameLines(t, "rows", toldRows(inc), []string{
		"14:00:00.123 note Ana Ruiz: first", "14:00:00.123 note Ana Ruiz: no time ?it has no time",
		`14:00:00.123 note Ana Ruiz: no number ?its time "soon" is not one of Slack`,
		`14:00:00.123 note Ana Ruiz: far ?its time "99999999999.0" is outside the years 1970 to 2199`,
		`14:00:00.123 note "text alone" ?it is no object`, "14:00:00.123 note Ana Ruiz: second",
	})
	inc = channelOf(t, `{"user":"U1","text":"no time"}`)
	if r := inc.Rows()[0]; r.Log.At.Format("2006-01-02") != "2026-03-17" || r.Log.Precision.String() != "day" || r.Where != "2026-03-17.json, message no. 1" {
		t.Errorf("a channel without a time is %+v", r)
	}
}

func TestSlackMilestones(t *testing.T) {
	for _, c := range []struct {
		name, message string
		want          []string
	}{
		{"capitals", `"user":"U1","text":"RESOLVED all well"`, []string{"resolved 14:00:05.000"}},
		{"a colon", `"user":"U1","text":"*Resolved*: all well"`, []string{"resolved 14:00:05.000"}},
		{"a declaration", `"user":"U1","text":"Declared: P1"`, []string{"declared 14:00:05.000"}},
		{"a sentence", `"user":"U1","text":"Resolved the address, still slow"`, nil},
		{"further on", `"user":"U1","text":"not RESOLVED: wait"`, nil},
		{"a bot", `"subtype":"bot_message","username":"Grafana","text":"RESOLVED: disk"`, nil},
		{"an app", `"user":"U3","bot_id":"B1","text":"RESOLVED: disk"`, nil},
	} {
		sameLines(t, c.name, toldMilestones(channelOf(t, say(5, c.message))), c.want)
	}
	say2 := func(n int, text string) string { return say(n, `"user":"U1","text":"`+text+`"`) }
	inc := channelOf(t, say2(4, "RESOLVED: again"), say2(1, "DECLARE P1"), say2(2, "RESOLVED: hope"), say2(3, "DECLARE P0"))
	sameLines(t, "the first and the last", toldMilestones(inc), []string{"declared 14:00:01.000", "resolved 14:00:04.000"})
}

func TestSlackNoise(t *testing.T) {
	inc := channelOf(t, say(1, `"subtype":"channel_join","user":"U1","text":"joined"`), say(2, `"subtype":"bot_add","text":"added"`),
		say(3, `"subtype":"channel_archive","user":"U1","text":"archived"`), say(4, `"user":"U1","text":"a","reactions":[{"name":"+1"},{"name":"eyes"}]`))
	sameLines(t, "rows", toldRows(inc), []string{"14:00:04.000 note Ana Ruiz: a"})
	sameLines(t, "warnings", inc.Warnings, []string{"3 notices of joining, leaving and the like left out", "2 reactions not kept"})
}

func FuzzReadSlackDay(f *testing.F) {
	const folder = "testdata/told/slack-export/"
	day, err := os.ReadFile(folder + "inc-20260317-4821-checkout-errors/2026-03-17.json")
	if err != nil {
		f.Fatal(err)
	}
	people, err := os.ReadFile(folder + "users.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(day, people)
	f.Add([]byte("["+say(1, `"user":"U1","text":"","blocks":[{"elements":[{"elements":[{"type":"user"}]}]}],"attachments":[{"title":"<a|b>"}]`)+"]"), []byte(slackPeople))
	f.Fuzz(func(t *testing.T, day, people []byte) {
		told, err := readFolder("", export(map[string]string{"users.json": string(people), "inc/2026-03-17.json": string(day)}), Options{})
		takeTold(t, told.Incidents, err)
	})
}
