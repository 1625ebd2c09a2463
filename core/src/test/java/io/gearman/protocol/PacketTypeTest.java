// SPDX-License-Identifier: Apache-2.0
package io.gearman.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PacketTypeTest {

  /** The number of a type, its arguments without data, and whether data follows. */
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
             1, CAN_DO                      , 1, false
             2, CANT_DO                     , 1, false
             3, RESET_ABILITIES             , 0, false
             4, PRE_SLEEP                   , 0, false
             5, UNUSED                      , 0, false
             6, NOOP                        , 0, false
             7, SUBMIT_JOB                  , 2, true
             8, JOB_CREATED                 , 1, false
             9, GRAB_JOB                    , 0, false
            10, NO_JOB                      , 0, false
            11, JOB_ASSIGN                  , 2, true
            12, WORK_STATUS                 , 3, false
            13, WORK_COMPLETE               , 1, true
            14, WORK_FAIL                   , 1, false
            15, GET_STATUS                  , 1, false
            16, ECHO_REQ                    , 0, true
            17, ECHO_RES                    , 0, true
            18, SUBMIT_JOB_BG               , 2, true
            19, ERROR                       , 2, false
            20, STATUS_RES                  , 5, false
            21, SUBMIT_JOB_HIGH             , 2, true
            22, SET_CLIENT_ID               , 1, false
            23, CAN_DO_TIMEOUT              , 2, false
            24, ALL_YOURS                   , 0, false
            25, WORK_EXCEPTION              , 1, true
            26, OPTION_REQ                  , 1, false
            27, OPTION_RES                  , 1, false
            28, WORK_DATA                   , 1, true
            29, WORK_WARNING                , 1, true
            30, GRAB_JOB_UNIQ               , 0, false
            31, JOB_ASSIGN_UNIQ             , 3, true
            32, SUBMIT_JOB_HIGH_BG          , 2, true
            33, SUBMIT_JOB_LOW              , 2, true
            34, SUBMIT_JOB_LOW_BG           , 2, true
            35, SUBMIT_JOB_SCHED            , 7, true
            36, SUBMIT_JOB_EPOCH            , 3, true
            37, SUBMIT_REDUCE_JOB           , 4, true
            38, SUBMIT_REDUCE_JOB_BACKGROUND, 4, true
            39, GRAB_JOB_ALL                , 0, false
            40, JOB_ASSIGN_ALL              , 4, true
            41, GET_STATUS_UNIQUE           , 1, false
            42, STATUS_RES_UNIQUE           , 6, false
          1001, WORK_DEMAND                 , 2, false
          1002, WORK_CANCEL                 , 1, false
          1003, WORK_RESTARTED              , 1, false
          """)
  void tableIsTheProtocols(int code, PacketType type, int arguments, boolean data) {
    assertThat(type.code()).isEqualTo(code);
    assertThat(type.arguments()).hasSize(arguments + (data ? 1 : 0));
    assertThat(type.endsInData()).isEqualTo(data);
  }

  @Test
  void tableHasNoOtherTypes() {
    assertThat(PacketType.values()).hasSize(45);
  }

  @ParameterizedTest
  @EnumSource
  void typeIsFoundByItsNumber(PacketType type) {
    assertThat(PacketType.of(type.code())).isSameAs(type);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 43, 44, 1000, 1004, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
  void otherNumbersAreNoType(int code) {
    assertThat(PacketType.of(code)).isNull();
  }

  @Test
  void onlyTheLastThreeTypesAreTheFlowExtension() {
    List<PacketType> flow =
        Arrays.stream(PacketType.values()).filter(PacketType::isFlowExtension).toList();

    assertThat(flow)
        .containsExactly(PacketType.WORK_DEMAND, PacketType.WORK_CANCEL, PacketType.WORK_RESTARTED);
  }

  @ParameterizedTest
  @EnumSource
  void onlyTheLastArgumentIsData(PacketType type) {
    assertThat(type.arguments().indexOf("data"))
        .isEqualTo(type.endsInData() ? type.arguments().size() - 1 : -1);
  }
}
