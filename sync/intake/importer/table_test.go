package importer

import (
	"errors"
	"strings"
	"testing"
)

func TestTablesOfSamples(t *testing.T) {
	wantTold(t, readStory(t, readTable, sampleTold(t, "timeline-iso.csv"), Options{}),
		`line 2: 2026-03-17 14:02:11 exact detection "alertmanager: Checkout 5xx above 5 %"`,
		`line 3: 2026-03-17 14:05:32 exact page "Ana Ruiz: Acknowledged"`,
		`line 4: 2026-03-17 14:09:02 exact declared "Ben Okafor: P1, 1 in 7 buyers affected"`,
		`line 5: 2026-03-17 14:18:20 exact decision "Ben Okafor: Roll back to 2026.11.2"`,
		`line 6: 2026-03-17 14:41:12 exact mitigation "Chen Wei: Migration 0931 cancelled\nqueue drains"`,
		`line 8: 2026-03-17 15:20:00 exact resolved "Ben Okafor: Back to baseline"`)
	wantTold(t, readStory(t, readTable, sampleTold(t, "timeline-us-ampm.csv"), Options{}),
		`line 2: 2026-03-17 14:02:00 exact note "Checkout errors start"`,
		`line 3: 2026-03-17 14:09:00 exact note "Incident declared"`,
		`line 4: 2026-03-17 14:41:00 exact note "Migration cancelled"`,
		`line 5: 2026-03-17 15:20:00 exact resolved "Resolved"`)
	wantTold(t, readStory(t, readTable, sampleTold(t, "timeline-european.csv"), Options{Zone: berlin}),
		`line 2: 2026-03-17 14:02:00 exact note "Alarm: Kasse: Fehlerquote über 5 %"`,
		`line 3: 2026-03-17 14:09:00 exact note "Ben Okafor: P1 ausgerufen; 1 von 7 Käufern betroffen"`,
		`line 4: 2026-03-17 14:41:00 exact note "Chen Wei: Migration abgebrochen"`,
		`line 5: 2026-03-17 15:20:00 exact note "Ben Okafor: Behoben"`)
	wantQuestion(t, readTable, sampleTold(t, "timeline-european.csv"), Options{}, AskZone)
}

func TestFindTables(t *testing.T) {
	for name, want := range map[string]bool{
		"timeline-iso.csv": true, "timeline-us-ampm.csv": true, "timeline-european.csv": true, "paste-wiki-table.md": false,
		"paste-bullets-day-header.txt": false, "paste-slack-ui.txt": false, "paste-zoom-chat.txt": false, "cstate-incident.md": false,
	} {
		if got := isTable([]byte(sampleTold(t, name))); got != want {
			t.Errorf("%s is a table: %v, want %v", name, got, want)
		}
	}
	for text, want := range map[string]bool{
		"14:02, alert\n14:05, ack\n": true, "2026-03-17 14:02\talert\n2026-03-17 14:05\tack": true, "time|event\n14:02|x": true,
		"14:02, alert\nand so on": false, "Hello, world\n": false, "": false, "\n": false, "When in doubt, ask\n": false,
	} {
		if got := isTable([]byte(text)); got != want {
			t.Errorf("%q is a table: %v, want %v", text, got, want)
		}
	}
}

func TestTablesInTheirOwnWords(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a zone in the header", "Uhrzeit (MEZ);Datum;Was\n15:02;17.03.2026;Alarm\n", `line 2: 2026-03-17 14:02:00 exact detection "Alarm"`},
		{"a zone with an underscore", "time_utc,event\n2026-03-17 14:02,x\n", `line 2: 2026-03-17 14:02:00 exact note "x"`},
		{"an offset in the header", "Time (UTC+1),event\n2026-03-17 15:02,x\n", `line 2: 2026-03-17 14:02:00 exact note "x"`},
		{"French", "date;heure (Europe/Paris);qui;événement\n17/03/2026;15:02;Ana;x\n", `line 2: 2026-03-17 14:02:00 exact note "Ana: x"`},
		{"Spanish", "fecha;hora (UTC);usuario;descripción\n17/03/2026;15h02;Ana;x\n", `line 2: 2026-03-17 15:02:00 exact note "Ana: x"`},
		{"other columns", "time,text,region,ticket\n2026-03-17T14:02Z,x,eu,\n", `line 2: 2026-03-17 14:02:00 exact note "x; region: eu"`},
		{"a kind in other letters", "time,type,text\n2026-03-17T14:02Z,Failed-Action,x\n", `line 2: 2026-03-17 14:02:00 exact failed_action "x"`},
		{"a kind of its own", "time,type,text\n2026-03-17T14:02Z,Alert,DECISION: x\n", `line 2: 2026-03-17 14:02:00 exact decision "DECISION: x; type: Alert"`},
		{"more cells", "time;text\n2026-03-17T14:02Z;a; b;c\n", `line 2: 2026-03-17 14:02:00 exact note "a; b;c"`},
		{"more cells behind another column", "time;text;region\n2026-03-17T14:02Z;a;eu;c;d\n", `line 2: 2026-03-17 14:02:00 exact note "a; region: eu; c;d"`},
		{"a time of two columns", "time,created_at,text\n2026-03-17T14:02Z,y,x\n", `line 2: 2026-03-17 14:02:00 exact note "x; created_at: y"`},
		{"an empty text", "time,who,text\n2026-03-17T14:02Z,Ana,\n", `line 2: 2026-03-17 14:02:00 exact note "Ana"`},
		{"no text at all", "time,text\n2026-03-17T14:02Z,\n", `line 2: 2026-03-17 14:02:00 exact note "(a time without a text)"`},
		{"no header", "2026-03-17T14:02Z,alert, again\n", `line 1: 2026-03-17 14:02:00 exact detection "alert, again"`},
		{"no header, two columns", "2026-03-17;14:02Z;a;b\n", `line 1: 2026-03-17 14:02:00 exact note "a;b"`},
		{"more in the cell of the time", "time,text\n2026-03-17T14:02Z or so,x\n", `line 2: 2026-03-17 14:02:00 exact note "or so: x"`},
		{"empty rows", "time,text\n,\n\n2026-03-17T14:02Z,x\n,,\n", `line 4: 2026-03-17 14:02:00 exact note "x"`},
		{
			"iris-web", "event_date,event_tz,event_title,event_category,event_content,event_raw,event_source,event_assets,event_iocs,event_tags\n" +
				"2026-03-17T14:02:11.000000,+01:00,Login,Initial Access,by root,,SIEM,web-1,,\n",
			`line 2: 2026-03-17 13:02:11 exact note "Login: by root; event_category: Initial Access; event_source: SIEM; event_assets: web-1"`,
		},
	} {
		t.Run(c.name, func(t *testing.T) { wantTold(t, readStory(t, readTable, c.text, Options{}), c.want) })
	}
}

func TestRowsOfTablesAreNeverLost(t *testing.T) {
	s := readStory(t, readTable, "Incident 42,kept by Ana\ntime,who,text\n17:99,Ana,x\n2026-03-17T14:02Z,,y\n,,z\n", inUTC)
	wantTold(t, s,
		`line 1: untimed after note "Incident 42,kept by Ana"`,
		`line 3: untimed after note "17:99: Ana: x"`,
		`line 4: 2026-03-17 14:02:00 exact note "y"`,
		`line 5: untimed after note "z"`)
	for _, n := range []int{0, 1, 3} {
		if s.rows[n].Doubt == "" {
			t.Errorf("%s has no time and no doubt", s.rows[n].Where)
		}
	}
}

func TestBrokenQuotesSwallowNothing(t *testing.T) {
	text := "time,text\n2026-03-17T14:02Z,\"not closed\n2026-03-17T14:03Z,5\" disk\n2026-03-17T14:04Z,\"two\nlines\"\n2026-03-17T14:05Z,end\n"
	s := readStory(t, readTable, text, Options{})
	wantTold(t, s,
		`line 2: 2026-03-17 14:02:00 exact note "not closed"`,
		`line 3: 2026-03-17 14:03:00 exact note "5\" disk"`,
		`line 4: 2026-03-17 14:04:00 exact note "two\nlines"`,
		`line 6: 2026-03-17 14:05:00 exact note "end"`)
	if !strings.Contains(s.rows[0].Doubt, "not closed") {
		t.Errorf("the doubt is %q", s.rows[0].Doubt)
	}
	// Two quotes that miss their others fit each other.
	s = readStory(t, readTable, "time,text\n2026-03-17T14:02Z,\"a\n2026-03-17T14:03Z,b\"\n", Options{})
	if len(s.rows) != 1 || !strings.Contains(s.rows[0].Log.Text, "14:03Z,b") || s.rows[0].Doubt == "" {
		t.Errorf("%v with the doubt %q", toldLines(s), s.rows[0].Doubt)
	}
}

func TestOrderOfDates(t *testing.T) {
	text := "date,time,text\n3/4/2026,14:02Z,x\n"
	wantQuestion(t, readTable, text, Options{}, AskOrder)
	for order, want := range map[DateOrder]string{DayFirst: "2026-04-03", MonthFirst: "2026-03-04"} {
		wantTold(t, readStory(t, readTable, text, Options{Order: order}), `line 2: `+want+` 14:02:00 exact note "x"`)
	}
	// One date of the file shows the order of all, whatever was told.
	wantTold(t, readStory(t, readTable, text+"4/17/2026,14:02Z,y\n", Options{Order: DayFirst}),
		`line 2: 2026-03-04 14:02:00 exact note "x"`, `line 3: 2026-04-17 14:02:00 exact note "y"`)
	wantTold(t, readStory(t, readTable, text+"17/4/2026,14:02Z,y\n", Options{}),
		`line 2: 2026-04-03 14:02:00 exact note "x"`, `line 3: 2026-04-17 14:02:00 exact note "y"`)
	wantQuestion(t, readTable, text+"17/4/2026,14:02Z,y\n4/17/2026,14:02Z,y\n", Options{}, AskOrder)
	wantTold(t, readStory(t, readTable, text+"17/4/2026,14:02Z,y\n4/17/2026,14:02Z,z\n", Options{Order: MonthFirst}),
		`line 2: 2026-03-04 14:02:00 exact note "x"`, `line 3: 2026-04-17 14:02:00 exact note "y"`, `line 4: 2026-04-17 14:02:00 exact note "z"`)
	wantTold(t, readStory(t, readTable, "time,text\n4/4/26 14:02Z,x\n", Options{}), `line 2: 2026-04-04 14:02:00 exact note "x"`)
}

func TestZonesOfTables(t *testing.T) {
	wantQuestion(t, readTable, "time (IST),text\n2026-03-17 14:02,x\n", Options{}, AskZone)
	wantQuestion(t, readTable, "time,text\n2026-03-17 14:02Z,x\n2026-03-17 14:02,y\n", Options{}, AskZone)
	wantQuestion(t, readTable, "time,tz,text\n2026-03-17 14:02,Narnia,x\n", Options{}, AskZone)
	wantTold(t, readStory(t, readTable, "time (IST),text\n2026-03-17 14:02,x\n", Options{Zone: zoneNamed("Asia/Kolkata")}),
		`line 2: 2026-03-17 08:32:00 exact note "x"`)
	// The file goes before the options.
	wantTold(t, readStory(t, readTable, "time (UTC),text\n2026-03-17 14:02,x\n2026-03-17 14:02+02:00,y\n", Options{Zone: berlin}),
		`line 2: 2026-03-17 14:02:00 exact note "x"`, `line 3: 2026-03-17 12:02:00 exact note "y"`)
	// Pacific time keeps its rules: winter before 8 March, summer after.
	wantTold(t, readStory(t, readTable, "time (PT),text\n2026-03-07 07:02,x\n2026-03-09 07:02,y\n", Options{}),
		`line 2: 2026-03-07 15:02:00 exact note "x"`, `line 3: 2026-03-09 14:02:00 exact note "y"`)
}

func TestDaysOfTables(t *testing.T) {
	text := "time (UTC),text\n23:50,a\n00:10,b\n"
	wantQuestion(t, readTable, text, Options{}, AskDay)
	s := readStory(t, readTable, text, Options{Day: theDay})
	wantTold(t, s, `line 2: 2026-03-17 23:50:00 exact note "a"`, `line 3: 2026-03-18 00:10:00 exact note "b"`)
	if s.rows[0].Doubt != "" || !strings.Contains(s.rows[1].Doubt, "next day") {
		t.Errorf("doubts are %q and %q", s.rows[0].Doubt, s.rows[1].Doubt)
	}
	// A cell of the date left empty is that of the row before.
	wantTold(t, readStory(t, readTable, "date,time (UTC),text\n17.03.2026,14:02,a\n,14:05,b\n", Options{}),
		`line 2: 2026-03-17 14:02:00 exact note "a"`, `line 3: 2026-03-17 14:05:00 exact note "b"`)
}

func TestTablesWithoutTimes(t *testing.T) {
	for _, text := range []string{"", "\n", "name,email\nAna,a@example.com\n", "just words"} {
		if list, err := readTable([]byte(text), inUTCDay); !errors.Is(err, ErrInvalid) || list != nil {
			t.Errorf("%q gave %d stories and %v", text, len(list), err)
		}
	}
}

func FuzzTable(f *testing.F) {
	fuzzStory(f, readTable, sampleTold(f, "timeline-iso.csv"), sampleTold(f, "timeline-iso.csv"), sampleTold(f, "timeline-us-ampm.csv"),
		sampleTold(f, "timeline-us-ampm.csv"), sampleTold(f, "timeline-european.csv"), sampleTold(f, "timeline-european.csv"),
		"time\ttext\n3/4/26\t\"x\n", "1773756131,x\n")
}
