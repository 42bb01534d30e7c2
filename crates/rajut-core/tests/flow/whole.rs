//! The seed procedure from the order to the closing.

use rajut_core::lateness::{forecast, late, totals};
use rajut_core::run::{BatchRule, RunEnd, Standing};
use rajut_core::visit::Outcome;

use crate::world::{World, at, day};

#[test]
fn a01_one_site_from_order_to_closing() {
    let mut world = World::new(1);
    let (run, team) = world.teamed(0..1);
    let planned = world.with_facts(run, |facts| forecast(facts, at("2026-07-06 09:00")).unwrap());
    assert_eq!(planned.planned_minutes, 130);
    assert_eq!(planned.forecast_minutes, 130);
    world.visited(run, team, 0, at("2026-07-07 09:00"), Outcome::Complete);
    world.reported(run, team, "2026-07-07", at("2026-07-08 07:50"));
    let last = world.final_report(run);
    world.must(world.cast.kasi, at("2026-07-08 09:00"), &last);
    world.must(world.cast.kasi, at("2026-07-08 09:10"), &World::close(run));
    assert!(
        matches!(&world.run(run).end, Some(RunEnd::Closed { by: Some(by), .. }) if *by == world.cast.kasi)
    );
    assert_eq!(
        world.with_facts(run, |facts| late(facts, at("2026-07-09 09:00")).unwrap()),
        []
    );
    assert_eq!(world.replayed(), world.records);
}

/// One order, a hundred sites, three teams, eight weeks: sickness, second visits, a split team.
#[test]
fn a01_a_quarter_of_a_hundred_sites() {
    let mut world = World::new(100);
    let run = world.disposed(0..100);
    let teams: Vec<_> = [[0, 1], [2, 3], [4, 5]]
        .iter()
        .enumerate()
        .map(|(n, members)| world.team(&format!("Tim {}", n + 1), members, BatchRule::Week))
        .collect();
    // Five sites a day, Tuesday to Thursday, beginning on 7 July; 25 August is a holiday.
    let days: Vec<String> = (0..8)
        .flat_map(|week| {
            (1..4).map(move |weekday| day("2026-07-06") + jiff::Span::new().days(7 * week + weekday))
        })
        .filter(|date| world.calendar.is_working_day(*date).unwrap())
        .map(|date| date.to_string())
        .collect();
    let spread = |site: usize| (site % 3, days[(site / 5) % days.len()].clone());
    let plan = (0..100)
        .map(|site| world.planned(run, site, teams[spread(site).0].id, &spread(site).1))
        .collect();
    let ids: Vec<_> = teams.iter().map(|team| team.id).collect();
    let form = rajut_core::flow::Command::FormTeams {
        run,
        teams,
        plan,
        reason: String::new(),
    };
    world.must(world.cast.kasi, at("2026-07-06 08:35"), &form);
    assert!(
        world
            .targets(run)
            .iter()
            .all(|target| target.progress.is_some() && target.team.is_some())
    );
    for site in 0..100 {
        let (team, on) = spread(site);
        let hour = 8 + (site / 3) % 5;
        let began = at(&format!("{on} {hour:02}:00"));
        let outcome = match site {
            7 | 57 => Outcome::Locked,
            33 => Outcome::Refused,
            _ if site % 10 == 4 => Outcome::Partial,
            _ => Outcome::Complete,
        };
        let visit = world.visited(run, ids[team], site, began, outcome);
        if outcome == Outcome::Partial {
            let target = world.target_at(run, site);
            let accept = rajut_core::flow::Command::AcceptPartial { target, visit };
            world.must(world.cast.kasi, at(&format!("{on} 15:30")), &accept);
        }
    }
    let now = at("2026-08-28 07:45");
    for (site, hour) in [(7, "09"), (57, "10")] {
        let team = ids[spread(site).0];
        world.visited(
            run,
            team,
            site,
            at(&format!("2026-08-27 {hour}:00")),
            Outcome::Complete,
        );
    }
    let excuse = rajut_core::flow::Command::ExcuseTarget {
        target: world.target_at(run, 33),
        reason: "gedung dibongkar".to_owned(),
    };
    world.must(world.cast.kasi, now, &excuse);
    let counted = world.with_facts(run, |facts| totals(facts, now));
    assert_eq!(
        (counted.targets, counted.met, counted.excused, counted.overdue),
        (100, 99, 1, 0)
    );
    assert_eq!((counted.visits, counted.failed_visits), (102, 3));
    for team in &ids {
        let (report, submit) = world.submit_report(run, *team, "2026-07-06", "2026-08-28");
        let leader = world.run(run).teams[team].leader;
        world.must(leader, now, &submit);
        let accept = rajut_core::flow::Command::AcceptReport {
            report,
            note: String::new(),
        };
        world.must(world.cast.kasi, now, &accept);
    }
    let last = world.final_report(run);
    world.must(world.cast.kasi, now, &last);
    world.must(world.cast.kasi, now, &World::close(run));
    assert!(world.targets(run).iter().all(|target| target.settled()));
    assert_eq!(
        world.target(world.target_at(run, 33)).standing(),
        Standing::Excused
    );
    // Thirty minutes for each report: the weeks in which each team was planned, three teams.
    let expected = world.with_facts(run, |facts| forecast(facts, now).unwrap());
    assert_eq!(expected.forecast_minutes - expected.planned_minutes, 3 * 60);
    assert_eq!((expected.planned_minutes - 40 - 100 * 60) % 30, 0);
    assert_eq!(world.replayed(), world.records);
}
