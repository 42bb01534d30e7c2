//! Forming teams and planning: order of steps, oddities that need a reason, targets.

use rajut_core::act::Rule;
use rajut_core::flow::{Command, PlannedTarget};
use rajut_core::run::{BatchRule, Member, Standing};
use rajut_core::visit::Outcome;

use crate::world::{World, at, day};

#[test]
fn a11_steps_keep_their_order() {
    let mut world = World::new(1);
    let run = world.ordered(0..1);
    let team = world.team("Tim 1", &[0, 1], BatchRule::Day);
    let form = Command::FormTeams {
        run,
        teams: vec![team.clone()],
        plan: Vec::new(),
        reason: String::new(),
    };
    let kasi = world.cast.kasi;
    let now = at("2026-07-06 08:05");
    let early = world.act(kasi, now, &form).unwrap_err();
    assert_eq!(
        (early.rule, early.args["open"].as_str()),
        (Rule::StepNotOpen, "2 (disposisi)")
    );
    assert_eq!(early.who_could, [world.post("kabid-telematika-persandian")]);
    let change = Command::ChangeTeam {
        run,
        team,
        reason: "sakit".to_owned(),
    };
    assert_eq!(world.act(kasi, now, &change).unwrap_err().rule, Rule::StepNotOpen);
    assert_eq!(
        world.act(kasi, now, &World::close(run)).unwrap_err().rule,
        Rule::TargetsOpen
    );
    let dispose = world.dispose(run);
    world.must(world.cast.kabid, now, &dispose);
    for by in [
        world.cast.kabid,
        world.cast.technicians[0],
        world.cast.head,
        world.cast.nobody,
    ] {
        let refusal = world.act(by, at("2026-07-06 08:30"), &form).unwrap_err();
        assert_eq!(
            (refusal.rule, refusal.who_could),
            (Rule::NoRight, vec![world.post("kasi-telematika")])
        );
    }
    world.must(kasi, at("2026-07-06 08:30"), &form);
    assert_eq!(
        world.act(kasi, at("2026-07-06 08:40"), &form).unwrap_err().rule,
        Rule::StepNotOpen
    );
}

#[test]
fn a05_a_team_is_well_formed() {
    let mut world = World::new(2);
    let run = world.disposed(0..2);
    let kasi = world.cast.kasi;
    let now = at("2026-07-06 08:30");
    let team = world.team("Tim 1", &[0, 1], BatchRule::Day);
    let refused = |world: &mut World, teams: Vec<_>, plan: Vec<PlannedTarget>| {
        let form = Command::FormTeams {
            run,
            teams,
            plan,
            reason: String::new(),
        };
        world.act(kasi, now, &form).unwrap_err().rule
    };
    assert_eq!(refused(&mut world, Vec::new(), Vec::new()), Rule::OrderIncomplete);
    let mut leaderless = team.clone();
    leaderless.leader = world.cast.technicians[5];
    assert_eq!(
        refused(&mut world, vec![leaderless], Vec::new()),
        Rule::TeamWithoutLeader
    );
    assert_eq!(
        refused(&mut world, vec![team.clone(), team.clone()], Vec::new()),
        Rule::InvalidValue
    );
    let mut reversed = team.clone();
    reversed.members[1].until = Some(day("2026-07-01"));
    assert_eq!(
        refused(&mut world, vec![reversed], Vec::new()),
        Rule::ValidityWrong
    );
    let planned = world.planned(run, 0, team.id, "2026-07-07");
    let stranger = PlannedTarget {
        team: world.fresh(),
        ..planned.clone()
    };
    assert_eq!(
        refused(&mut world, vec![team.clone()], vec![stranger]),
        Rule::TeamUnknown
    );
    let outside = PlannedTarget {
        planned_on: Some(day("2026-07-03")),
        ..planned.clone()
    };
    assert_eq!(
        refused(&mut world, vec![team.clone()], vec![outside]),
        Rule::OutsideOrder
    );
    let reversed = PlannedTarget {
        due_on: day("2026-07-06"),
        ..planned.clone()
    };
    assert_eq!(
        refused(&mut world, vec![team.clone()], vec![reversed]),
        Rule::ValidityWrong
    );
    let unknown = PlannedTarget {
        target: world.fresh(),
        ..planned.clone()
    };
    assert_eq!(
        refused(&mut world, vec![team.clone()], vec![unknown]),
        Rule::NotFound
    );
    assert_eq!(
        refused(&mut world, vec![team], vec![planned.clone(), planned]),
        Rule::SiteRepeated
    );
}

#[test]
fn a05_oddities_need_a_reason() {
    let mut world = World::new(2);
    let run = world.disposed(0..2);
    let kasi = world.cast.kasi;
    let (one, two) = (
        world.team("Tim 1", &[0, 1], BatchRule::Day),
        world.team("Tim 2", &[1, 2], BatchRule::Day),
    );
    let away = world.cast.technicians[0];
    world.on_leave(away, "2026-07-14", "2026-07-15");
    let form = |world: &World, days: [&str; 2], why: &str| Command::FormTeams {
        run,
        teams: vec![one.clone(), two.clone()],
        plan: vec![
            world.planned(run, 0, one.id, days[0]),
            world.planned(run, 1, two.id, days[1]),
        ],
        reason: why.to_owned(),
    };
    let now = at("2026-07-06 08:30");
    let mut why = |days: [&str; 2]| {
        let command = form(&world, days, " ");
        let refusal = world.act(kasi, now, &command).unwrap_err();
        assert_eq!(refusal.rule, Rule::NeedsReason);
        (refusal.args["why"].clone(), refusal.args["person"].clone())
    };
    assert_eq!(
        why(["2026-07-07", "2026-07-07"]),
        ("two_places".to_owned(), one.members[1].person.to_string())
    );
    assert_eq!(
        why(["2026-07-14", "2026-07-16"]),
        ("on_leave".to_owned(), away.to_string())
    );
    // A Saturday, and the day of independence.
    assert_eq!(why(["2026-07-11", "2026-07-16"]).0, "day_off");
    assert_eq!(why(["2026-08-17", "2026-07-16"]).0, "day_off");
    let reasoned = form(&world, ["2026-07-07", "2026-07-07"], "dibagi pagi dan siang");
    world.must(kasi, now, &reasoned);
    // In another run of the same days they are busy as well.
    let other = world.disposed(1..2);
    let team = world.team("Tim 3", &[1, 4], BatchRule::Day);
    let plan = vec![world.planned(other, 1, team.id, "2026-07-07")];
    let form = Command::FormTeams {
        run: other,
        teams: vec![team],
        plan,
        reason: String::new(),
    };
    assert_eq!(
        world.act(kasi, at("2026-07-06 10:00"), &form).unwrap_err().args["why"],
        "two_places"
    );
}

#[test]
fn a05_the_sick_are_replaced_and_a_team_is_split() {
    let mut world = World::new(2);
    let (run, team) = world.teamed(0..2);
    let cast = world.cast.clone();
    let mut changed = world.run(run).teams[&team].clone();
    changed.members[1].until = Some(day("2026-07-09"));
    changed.members.push(Member {
        person: cast.technicians[5],
        from: day("2026-07-10"),
        until: None,
    });
    let change = |team, reason: &str| Command::ChangeTeam {
        run,
        team,
        reason: reason.to_owned(),
    };
    let now = at("2026-07-09 15:00");
    let silent = change(changed.clone(), "");
    assert_eq!(
        world.act(cast.kasi, now, &silent).unwrap_err().rule,
        Rule::ReasonMissing
    );
    let change_it = change(changed, "sakit");
    assert_eq!(
        world.act(cast.technicians[0], now, &change_it).unwrap_err().rule,
        Rule::NoRight
    );
    world.must(cast.kasi, now, &change_it);
    let now_members = |world: &World, on: &str| {
        world.run(run).teams[&team]
            .members_on(day(on))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        now_members(&world, "2026-07-09"),
        [cast.technicians[0], cast.technicians[1]]
    );
    assert_eq!(
        now_members(&world, "2026-07-10"),
        [cast.technicians[0], cast.technicians[5]]
    );
    let second = world.team("Tim 2", &[6, 7], BatchRule::Trip);
    let second_id = second.id;
    world.must(cast.kasi, now, &change(second, "dibagi dua"));
    let plan = vec![world.planned(run, 1, second_id, "2026-07-14")];
    world.must(
        cast.kasi,
        now,
        &Command::PlanTargets {
            run,
            plan,
            reason: String::new(),
        },
    );
    assert_eq!(world.target(world.target_at(run, 1)).team, Some(second_id));
}

#[test]
fn a08_targets_are_excused_with_a_reason_and_a_visit_still_counts() {
    let mut world = World::new(2);
    let (run, team) = world.teamed(0..2);
    let cast = world.cast.clone();
    let target = world.target_at(run, 0);
    let excuse = |reason: &str| Command::ExcuseTarget {
        target,
        reason: reason.to_owned(),
    };
    let now = at("2026-07-07 08:00");
    assert_eq!(
        world.act(cast.kasi, now, &excuse("")).unwrap_err().rule,
        Rule::ReasonMissing
    );
    assert_eq!(
        world
            .act(cast.technicians[0], now, &excuse("tutup"))
            .unwrap_err()
            .rule,
        Rule::NoRight
    );
    world.must(cast.kasi, now, &excuse("tutup"));
    assert_eq!(world.target(target).standing(), Standing::Excused);
    assert_eq!(
        world.act(cast.kasi, now, &excuse("lagi")).unwrap_err().rule,
        Rule::TargetSettled
    );
    // The team did not know and went there: the fact stands.
    world.visited(run, team, 0, at("2026-07-07 09:00"), Outcome::Complete);
    assert_eq!(world.target(target).standing(), Standing::Met);
    let plan = vec![world.planned(run, 0, team, "2026-07-08")];
    let plan = Command::PlanTargets {
        run,
        plan,
        reason: String::new(),
    };
    assert_eq!(
        world
            .act(cast.kasi, at("2026-07-07 11:00"), &plan)
            .unwrap_err()
            .rule,
        Rule::TargetSettled
    );
}

#[test]
fn a06_partial_meets_only_if_the_kasi_accepts() {
    let mut world = World::new(1);
    let (run, team) = world.teamed(0..1);
    let cast = world.cast.clone();
    let target = world.target_at(run, 0);
    let locked = world.visited(run, team, 0, at("2026-07-07 08:00"), Outcome::Locked);
    assert_eq!(world.target(target).standing(), Standing::Attempted);
    let partial = world.visited(run, team, 0, at("2026-07-07 10:00"), Outcome::Partial);
    assert_eq!(world.target(target).standing(), Standing::Attempted);
    let accept = |visit| Command::AcceptPartial { target, visit };
    let now = at("2026-07-07 14:00");
    assert_eq!(
        world.act(cast.kasi, now, &accept(locked)).unwrap_err().rule,
        Rule::NotFound
    );
    assert_eq!(
        world
            .act(cast.technicians[0], now, &accept(partial))
            .unwrap_err()
            .rule,
        Rule::NoRight
    );
    world.must(cast.kasi, now, &accept(partial));
    let target = world.target(target);
    assert_eq!(
        (target.standing(), target.met_at()),
        (Standing::Met, Some(at("2026-07-07 10:50")))
    );
    assert!(target.progress.as_ref().unwrap().open.is_empty());
    assert_eq!(
        world.act(cast.kasi, now, &accept(partial)).unwrap_err().rule,
        Rule::TargetSettled
    );
}
