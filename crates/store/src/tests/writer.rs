//! Transactions: together, alone again after a fault, and never half.
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::prelude::*;
use futures_util::future::join_all;

use super::{TestDb, on_both, sqlite};
use crate::{Db, Error, Isolation, Location, conn::db, settings};

async fn many_writers_lose_nothing(t: TestDb) {
    let writes = (0..200).map(|n| {
        t.db.write(move |tx| {
            let was: i64 = settings::get(tx, "n")?.map_or(0, |n| n.parse().unwrap());
            tx_set(tx, "n", &(was + 1).to_string())?;
            if n % 10 == 3 { Err(Error::Corrupt("on purpose".into())) } else { Ok(()) }
        })
    });
    let failed = join_all(writes).await.into_iter().filter(Result::is_err).count();
    let count = t.db.read(|c| settings::get(c, "n")).await.unwrap();
    assert_eq!((failed, count.as_deref()), (20, Some("180")), "what failed left nothing, what succeeded all");
}

fn tx_set(tx: &mut crate::Tx<'_>, key: &str, value: &str) -> crate::Result<()> {
    use crate::schema::settings;
    db!(tx, c => diesel::insert_into(settings::table)
        .values((settings::key.eq(key), settings::value.eq(value)))
        .on_conflict(settings::key)
        .do_update()
        .set(settings::value.eq(value))
        .execute(c))?;
    Ok(())
}

async fn a_panic_takes_nobody_with_it(t: TestDb) {
    let writes = (0..20).map(|n| {
        t.db.write(move |tx| {
            settings::keep(tx, &format!("k{n}"), "v")?;
            assert!(n != 7, "on purpose");
            Ok::<_, Error>(())
        })
    });
    let failed: Vec<usize> =
        join_all(writes).await.into_iter().enumerate().filter(|(_, r)| r.is_err()).map(|(n, _)| n).collect();
    assert_eq!(failed, [7]);
    for n in 0..20 {
        let kept = t.db.read(move |c| settings::get(c, &format!("k{n}"))).await.unwrap();
        assert_eq!(kept.is_some(), n != 7, "k{n}");
    }
}

async fn a_savepoint_undoes_only_itself(t: TestDb) {
    t.db.write(|tx| {
        settings::keep(tx, "outer", "v")?;
        let inner: Result<(), Error> = tx.transaction(Isolation::Serial, |tx| {
            settings::keep(tx, "inner", "v")?;
            Err(Error::Corrupt("on purpose".into()))
        });
        assert!(inner.is_err());
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
    let kept = t.db.read(|c| Ok::<_, Error>((settings::get(c, "outer")?, settings::get(c, "inner")?))).await.unwrap();
    assert_eq!(kept, (Some("v".into()), None));
}

async fn what_meets_runs_again(t: TestDb) {
    let runs = std::sync::Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    let value = t.db.write(move |_| match counted.fetch_add(1, Ordering::Relaxed) {
        0..3 => Err(Error::Conflict("on purpose".into())),
        n => Ok::<_, Error>(n),
    });
    assert_eq!((value.await.unwrap(), runs.load(Ordering::Relaxed)), (3, 4));
}

on_both! { many_writers_lose_nothing a_panic_takes_nobody_with_it a_savepoint_undoes_only_itself what_meets_runs_again }

#[derive(QueryableByName)]
struct Synchronous {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    synchronous: i32,
}

#[tokio::test]
async fn readers_cannot_write_and_commits_are_durable() {
    let t = sqlite();
    let write = t.db.read(|c| {
        db!(c, sqlite c => diesel::sql_query("DELETE FROM settings").execute(c), postgres c => diesel::sql_query("").execute(c))
            .map_err(Error::from)
    });
    assert!(write.await.is_err(), "a reader wrote");
    let full = t.db.write(|tx| {
        let row: Synchronous = db!(tx, sqlite c => diesel::sql_query("PRAGMA synchronous").get_result(c), postgres c => diesel::sql_query("").get_result(c))?;
        Ok::<_, Error>(row.synchronous)
    });
    assert_eq!(full.await.unwrap(), 2, "synchronous is not FULL");
}

async fn a_newer_database_is_refused(t: TestDb) {
    t.db.write(|tx| {
        let text = "INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000000')";
        db!(tx, c => diesel::sql_query(text).execute(c))?;
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
    let again = Db::open(&t.location, 1);
    assert!(again.is_err_and(|e| e.to_string().contains("newer version")));
}

async fn both_schemas_are_one(t: TestDb) {
    #[derive(QueryableByName)]
    struct Column {
        #[diesel(sql_type = diesel::sql_types::Text)]
        name: String,
    }
    let sqlite = "SELECT m.name || '.' || p.name || CASE WHEN p.\"notnull\" = 1 THEN '!' ELSE '' END AS name FROM sqlite_master m \
        JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'post_search%' \
        AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite%' ORDER BY 1";
    let postgres = "SELECT table_name || '.' || column_name || CASE WHEN is_nullable = 'NO' THEN '!' ELSE '' END AS name \
        FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'post_search%' \
        AND table_name NOT LIKE '\\_\\_%'";
    let columns = |db: Db| async move {
        let mut names = db
            .read(move |c| {
                let rows: Vec<Column> = db!(c, sqlite c => diesel::sql_query(sqlite).load(c), postgres c => diesel::sql_query(postgres).load(c))?;
                Ok::<_, Error>(rows.into_iter().map(|c| c.name).collect::<Vec<_>>())
            })
            .await
            .unwrap();
        names.sort();
        names
    };
    let ours = columns(t.db.clone()).await;
    assert!(ours.len() > 100);
    if !matches!(t.location, Location::Sqlite(_)) {
        assert_eq!(ours, columns(sqlite_db()).await);
    }
}

/// What is numbered otherwise: by whose it is, or only among its like; and what is gone as soon as it was heard.
const OTHERWISE: [&str; 5] = ["accounts", "groups", "push_subscriptions", "received_bodies", "signals"];

async fn numbers_go_on_after_those_of_all_tables(t: TestDb) {
    #[derive(QueryableByName)]
    struct Table {
        #[diesel(sql_type = diesel::sql_types::Text)]
        name: String,
    }
    let sqlite = "SELECT m.name AS name FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' \
        AND p.name = 'id' AND p.pk = 1 AND m.name NOT LIKE 'post_search%'";
    let postgres = "SELECT k.table_name AS name FROM information_schema.table_constraints c \
        JOIN information_schema.key_column_usage k ON k.constraint_name = c.constraint_name \
        WHERE c.constraint_type = 'PRIMARY KEY' AND c.table_schema = 'public' AND k.column_name = 'id'";
    let named = t.db.read(move |c| {
        let rows: Vec<Table> =
            db!(c, sqlite c => diesel::sql_query(sqlite).load(c), postgres c => diesel::sql_query(postgres).load(c))?;
        Ok::<_, Error>(rows.into_iter().map(|row| row.name).collect::<std::collections::BTreeSet<_>>())
    });
    let mut known: std::collections::BTreeSet<String> = crate::ids::NUMBERED.map(String::from).into();
    known.extend(OTHERWISE.map(String::from));
    assert_eq!(named.await.unwrap(), known);
    let kept = t.db.write(|tx| {
        crate::jobs::push(tx, domain::id::JobId(77), "k", "s", domain::time::Timestamp(1))?;
        crate::ids::highest(tx)
    });
    assert_eq!(kept.await.unwrap(), 77);
}

fn sqlite_db() -> Db {
    sqlite().db
}

on_both! { a_newer_database_is_refused both_schemas_are_one numbers_go_on_after_those_of_all_tables }
